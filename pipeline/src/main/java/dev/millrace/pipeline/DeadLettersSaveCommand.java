package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.DeadLetterOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.producer.RejectedImage;
import dev.millrace.producer.SavedImages;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace dead-letters save}. */
@Command(
    name = "save",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Saves images that became dead letters as they came, each under its id in a folder, to be"
            + " looked at and mended. Files that are there are left as they are.")
final class DeadLettersSaveCommand implements Callable<Integer> {
  private static final int MOST_TOLD = 20;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "The folder; made where there is none.")
  private Path to = Path.of("");

  @Mixin private DeadLetterOptions letters = new DeadLetterOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Topics topics = Usage.valid(spec, prefix::topics);
    Service service = Service.quiet(spec, common);
    Map<String, Object> kafka = cluster.properties();
    Letters found = Letters.read(service, kafka, topics, letters);
    if (found.meant().isEmpty()) {
      service.out().println(found.none(topics));
    } else {
      print(save(kafka, topics, found), service.out());
    }
    service.out().flush();
    return ExitCode.OK;
  }

  private SavedImages save(Map<String, Object> kafka, Topics topics, Letters found)
      throws CannotStartException {
    try {
      return SavedImages.save(kafka, topics, found.meant(), to);
    } catch (IOException e) {
      throw new CannotStartException(
          "Cannot save to %s: %s; name another folder by --to".formatted(to, e), e);
    }
  }

  private void print(SavedImages saved, PrintWriter out) {
    out.printf(
        "Saved %,d images to %s; %,d were there and are left as they are%n",
        saved.saved(), to, saved.present());
    if (!saved.without().isEmpty()) {
      out.printf(
          "%,d letters hold no bytes; their images were read from%n", saved.without().size());
      saved.without().stream().limit(MOST_TOLD).forEach(image -> out.println("  " + origin(image)));
      if (saved.without().size() > MOST_TOLD) {
        out.printf("  and %,d more%n", saved.without().size() - MOST_TOLD);
      }
    }
  }

  private static String origin(RejectedImage image) {
    return "%s: %s"
        .formatted(
            Letters.plain(image.source().isEmpty() ? image.name() : image.source()),
            Letters.plain(image.reason()));
  }
}
