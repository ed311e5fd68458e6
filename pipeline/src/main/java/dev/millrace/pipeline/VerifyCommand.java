package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.pipeline.verify.Verification;
import dev.millrace.pipeline.verify.Verifier;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Checks that no image was lost or doubled on its way: every image that was published has one"
            + " tensor or one dead letter, and at every checkpoint of every run the weights have seen"
            + " each image before the place to go on at exactly once. Reads the topics of images,"
            + " tensors, dead letters and checkpoints;"
            + " services may run meanwhile. What was deleted, as images are once augmented and"
            + " tensors once trained on, is counted and cannot be checked. Ends with exit code 1"
            + " where something is lost or doubled. Epochs, partitions and sequences count from 0,"
            + " as in the records.")
final class VerifyCommand implements Callable<Integer> {
  private static final long SAY_NANOS = 5_000_000_000L;

  @Option(names = "--partitions", description = "Show every partition of an epoch, too.")
  private boolean partitions;

  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Topics topics = Usage.valid(spec, prefix::topics);
    Service service = Service.quiet(spec, common);
    Map<String, Object> kafka = cluster.properties();
    service.requireBroker(kafka);
    for (Split split : Split.values()) {
      service.requireTopic(kafka, topics.images(split));
      service.requireTopic(kafka, topics.tensors(split));
    }
    service.requireTopic(kafka, topics.deadLetters());
    service.requireTopic(kafka, topics.checkpoints());
    Display display = new Display(service.out());
    Verification verification = new Verifier(topics, kafka, display::read).run();
    new VerifyReport(service.out(), partitions).print(verification);
    return verification.reconciles() ? ExitCode.OK : ExitCode.FAILED;
  }

  /** Tells now and then how far the reading is. */
  private static final class Display {
    private final PrintWriter out;
    private long saidAt = System.nanoTime();

    Display(PrintWriter out) {
      this.out = out;
    }

    void read(String topic, long records) {
      if (System.nanoTime() - saidAt > SAY_NANOS) {
        saidAt = System.nanoTime();
        out.printf("%,d records of %s read%n", records, topic);
        out.flush();
      }
    }
  }
}
