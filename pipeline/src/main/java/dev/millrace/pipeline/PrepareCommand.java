package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.ByteSize;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.DataOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.SeedOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.prepare.Preparation;
import dev.millrace.producer.prepare.PrepareException;
import dev.millrace.producer.prepare.PrepareOptions;
import dev.millrace.producer.prepare.PrepareSummary;
import dev.millrace.producer.survey.BrokenImage;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace prepare}. */
@Command(
    name = "prepare",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Writes a dataset once more, as WebDataset shards of small square JPEGs, which take a"
            + " fraction of the disk and of the work to augment. --data of the other commands takes"
            + " the folder. Needs no brokers, and all processors. The same command goes on after any"
            + " stop. Exit code 1 if any image is broken; the others are prepared.")
final class PrepareCommand implements Callable<Integer> {
  private static final int MOST_EXAMPLES = 20;

  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FOLDER",
      description = "The folder to write: new, empty, or one that this command has begun.")
  private Path output = Path.of(".");

  @Option(
      names = "--size",
      paramLabel = "SIDE",
      defaultValue = "256",
      description =
          "Rows and columns of the JPEGs: the shorter side of an image gets that length, and the"
              + " centre is taken. Default: ${DEFAULT-VALUE}.")
  private int size = 256;

  @Option(
      names = "--quality",
      paramLabel = "Q",
      defaultValue = "90",
      description = "Quality of the JPEGs, 1 to 100. Default: ${DEFAULT-VALUE}.")
  private int quality = 90;

  @Option(
      names = "--images-per-shard",
      paramLabel = "N",
      defaultValue = "5000",
      description = "Images in a shard, but for the last one. Default: ${DEFAULT-VALUE}.")
  private int imagesPerShard = 5000;

  @Option(
      names = "--max-image-size",
      paramLabel = "SIZE",
      defaultValue = "16MiB",
      converter = ByteSize.Converter.class,
      description =
          "Larger files count as broken. Each processor has one file in memory. Default:"
              + " ${DEFAULT-VALUE}.")
  private ByteSize maxImageSize = new ByteSize(16 << 20);

  @Mixin private SeedOption seed = new SeedOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PrepareOptions options =
        Usage.valid(
            spec,
            () ->
                new PrepareOptions(
                    size,
                    quality,
                    imagesPerShard,
                    seed.seed(),
                    (int) Math.min(maxImageSize.bytes(), Integer.MAX_VALUE)));
    requireOutside();
    PrintWriter out = Service.begin(spec, common, Map.of()).out();
    try (Dataset dataset = DatasetListing.open(data, seed.seed(), out)) {
      out.printf(
          "Preparing %,d training and %,d validation images of %,d classes into %s%n",
          dataset.size(Split.TRAIN),
          dataset.size(Split.VALIDATION),
          dataset.synsets().size(),
          output);
      out.flush();
      int threads = Runtime.getRuntime().availableProcessors();
      Preparation preparation = new Preparation(dataset, output, options, threads);
      Shutdown.onSignal(preparation::stop);
      PrepareSummary summary = run(preparation, out);
      if (!summary.complete()) {
        out.printf(
            "Stopped after %,d of %,d images; %,d shards are complete, the same command goes on%n",
            preparation.passed(), preparation.total(), summary.shards());
        out.flush();
        return ExitCode.INTERRUPTED;
      }
      print(summary, out);
      return summary.broken().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private static PrepareSummary run(Preparation preparation, PrintWriter out)
      throws CannotStartException, IOException, InterruptedException {
    try (ImagesProgress _ =
        ImagesProgress.show(out, "Preparing", preparation::total, preparation::passed)) {
      return preparation.run();
    } catch (PrepareException e) {
      throw new CannotStartException(String.valueOf(e.getMessage()), e);
    }
  }

  private void requireOutside() throws CannotStartException {
    Optional<Path> place = data.location().path();
    if (place.isPresent()
        && output
            .toAbsolutePath()
            .normalize()
            .startsWith(place.get().toAbsolutePath().normalize())) {
      throw new CannotStartException(
          "Cannot prepare images into %s: within %s (--data) they would be of the dataset; name another folder by --output"
              .formatted(output, place.get()));
    }
  }

  private void print(PrepareSummary summary, PrintWriter out) {
    long images = Math.max(1, summary.images());
    out.printf(
        "Prepared %,d images in %,d shard%s: %,.1f MB, before %,.1f MB (%,.1f KB an image, before"
            + " %,.1f KB)%n",
        summary.images(),
        summary.shards(),
        summary.shards() == 1 ? "" : "s",
        summary.imageBytes() / 1e6,
        summary.sourceBytes() / 1e6,
        summary.imageBytes() / 1e3 / images,
        summary.sourceBytes() / 1e3 / images);
    if (summary.images() > 0) {
      out.printf(
          "Peak signal-to-noise ratio of the JPEGs: %.1f dB in the mean, %.1f dB at worst (%s)%n",
          summary.meanPsnr(), summary.worstPsnr(), summary.worstImage());
    }
    printBroken(summary, out);
    out.printf("To train on them: ./millrace run --data %s%n", output);
    out.flush();
  }

  private void printBroken(PrepareSummary summary, PrintWriter out) {
    if (summary.broken().isEmpty()) {
      out.println("No image is broken");
      return;
    }
    out.printf(
        "%,d images are broken and left out; %s lists them:%n",
        summary.broken().size(), output.resolve(Preparation.BROKEN_FILE));
    for (BrokenImage image :
        summary.broken().subList(0, Math.min(MOST_EXAMPLES, summary.broken().size()))) {
      out.printf("  %s: %s%n", image.source(), image.reason());
    }
    if (summary.broken().size() > MOST_EXAMPLES) {
      out.printf("  and %,d others%n", summary.broken().size() - MOST_EXAMPLES);
    }
  }
}
