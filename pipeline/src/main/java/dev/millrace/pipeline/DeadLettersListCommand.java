package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.ByteSize;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.DeadLetterOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.producer.RejectedImage;
import dev.millrace.schemas.Topics;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace dead-letters list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Lists the images that could not be read or decoded, with the reason: one line an image,"
            + " however many epochs it was left out of.")
final class DeadLettersListCommand implements Callable<Integer> {
  private static final int WIDEST_NAME = 60;

  @Mixin private DeadLetterOptions letters = new DeadLetterOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Topics topics = Usage.valid(spec, prefix::topics);
    Service service = Service.quiet(spec, common);
    Letters found = Letters.read(service, cluster.properties(), topics, letters);
    print(found, topics, service.out());
    service.out().flush();
    return ExitCode.OK;
  }

  private static void print(Letters found, Topics topics, PrintWriter out) {
    if (found.meant().isEmpty()) {
      out.println(found.none(topics));
      return;
    }
    int width = found.meant().stream().mapToInt(image -> image.name().length()).max().orElse(0);
    String line =
        "%%-%ds  %%-10s %%-8s %%-9s %%10s  %%s%%n".formatted(Math.min(width, WIDEST_NAME));
    out.printf(line, "image", "split", "stage", "epochs", "size", "reason");
    for (RejectedImage image : found.meant()) {
      out.printf(
          line,
          Letters.plain(image.name()),
          image.split() == null ? "?" : image.split().name().toLowerCase(Locale.ROOT),
          Letters.plain(image.stage()),
          epochs(image),
          new ByteSize(image.size()),
          Letters.plain(image.reason()) + replayed(image));
    }
    if (found.others() > 0) {
      out.printf("and %,d other images (--all, --image, --stage)%n", found.others());
    }
  }

  private static String epochs(RejectedImage image) {
    if (image.lastEpoch() < 0) {
      return "?";
    }
    return image.firstEpoch() == image.lastEpoch()
        ? String.valueOf(image.lastEpoch())
        : "%d to %d".formatted(image.firstEpoch(), image.lastEpoch());
  }

  private static String replayed(RejectedImage image) {
    return image.isReplayed()
        ? " (published again as epoch %d)".formatted(image.replayedInto())
        : "";
  }
}
