package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.DeadLetterOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.ImageSizeOption;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.producer.RejectedImage;
import dev.millrace.producer.Replay;
import dev.millrace.producer.ReplaySummary;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace dead-letters replay}. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Publishes training images that became dead letters again, each once, as an epoch of their"
            + " own behind the newest one: mended ones from a folder, or as they came, when the"
            + " augmenters were mended. All or none of them are published. No producer may run"
            + " meanwhile; the next one goes on with the epoch after. Such an epoch counts for"
            + " --epochs.")
final class DeadLettersReplayCommand implements Callable<Integer> {
  @Option(
      names = "--from",
      paramLabel = "DIR",
      description =
          "Publish the images in this folder, where they lie under their ids as dead-letters save"
              + " writes them; others are left out. Default: publish the bytes as they came.")
  private @Nullable Path from;

  @Mixin private DeadLetterOptions letters = new DeadLetterOptions();
  @Mixin private ImageSizeOption maxImageSize = new ImageSizeOption();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Topics topics = Usage.valid(spec, prefix::topics);
    if (from != null && !Files.isDirectory(from)) {
      throw new CannotStartException("There is no folder %s (--from)".formatted(from));
    }
    Service service = Service.quiet(spec, common);
    Map<String, Object> kafka = cluster.properties();
    Letters found = Letters.read(service, kafka, topics, letters);
    if (found.meant().isEmpty()) {
      service.out().println(found.none(topics));
    } else {
      PrintWriter out = service.out();
      Replay replay =
          new Replay(
              topics,
              kafka,
              from,
              maxImageSize.bytes(),
              InstantSource.system(),
              (image, reason) -> left(image, reason, out));
      print(replay.run(found.meant()), topics, out);
    }
    service.out().flush();
    return ExitCode.OK;
  }

  private static void left(RejectedImage image, String reason, PrintWriter out) {
    out.printf("Left out %s: %s%n", Letters.plain(image.name()), Letters.plain(reason));
  }

  private static void print(ReplaySummary replay, Topics topics, PrintWriter out) {
    if (replay.images() == 0) {
      out.printf("Nothing published: all %,d images were left out%n", replay.left());
    } else {
      out.printf(
          "Published %,d images again as epoch %d of %s; %,d left out%n",
          replay.images(), replay.epoch(), topics.images(Split.TRAIN), replay.left());
    }
  }
}
