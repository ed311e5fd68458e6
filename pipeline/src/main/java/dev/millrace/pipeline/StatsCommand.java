package dev.millrace.pipeline;

import dev.millrace.augmenter.StatisticsJob;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.TopicOptions;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.schemas.DatasetStatistics;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Statistics;
import dev.millrace.schemas.Topics;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace stats}. */
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Finds the mean, the standard deviation and the principal components of the colors of the"
            + " training images that are in their topic now, and publishes them: augmenters and"
            + " trainers with --statistics dataset go by them. Images are deleted as they are"
            + " augmented, so that this comes before the augmenters, or they keep them"
            + " (--keep-images).")
final class StatsCommand implements Callable<Integer> {
  private static final long SAY_NANOS = 5_000_000_000L;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "0",
      description = "Look at so many images at most, 0 for all there are. Default: 0.")
  private long images;

  @Option(
      names = "--resize",
      paramLabel = "PIXELS",
      defaultValue = "256",
      description =
          "Resize the shorter side to this and look at the central square. Default:"
              + " ${DEFAULT-VALUE}.")
  private int resize = 256;

  @Option(
      names = "--replace",
      description =
          "Publish although there are other statistics; services that run keep those they began"
              + " with, and a run that is resumed is refused.")
  private boolean replace;

  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private TopicOptions topics = new TopicOptions();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Topics names = Usage.valid(spec, this::checked);
    Service service = Service.quiet(spec, common);
    Map<String, Object> kafka = cluster.properties();
    service.requireBroker(kafka);
    service.requireTopic(kafka, names.images(Split.TRAIN));
    service.requireTopic(kafka, names.statistics());
    Optional<DatasetStatistics> before = Statistics.newest(kafka, names);
    StatisticsJob job =
        new StatisticsJob(
            names,
            kafka,
            new ImageLimits(topics.settings().maxImageBytes(), ImageLimits.DEFAULT.maxPixels()),
            resize,
            images == 0 ? Long.MAX_VALUE : images,
            InstantSource.system());
    Progress progress = new Progress(service.out());
    DatasetStatistics found =
        job.compute(progress::looked)
            .orElseThrow(() ->
                new CannotStartException(
                    "Topic %s holds no images now: publish some (millrace produce) first"
                        .formatted(names.images(Split.TRAIN))));
    print(found, service.out());
    publish(job, before, found, names, service.out());
    return ExitCode.OK;
  }

  private Topics checked() {
    if (images < 0) {
      throw new IllegalArgumentException("--images must be 0 or more, found " + images);
    }
    if (resize < 1 || resize > 4096) {
      throw new IllegalArgumentException("--resize must be from 1 to 4096, found " + resize);
    }
    return topics.topics();
  }

  private void publish(
      StatisticsJob job,
      Optional<DatasetStatistics> before,
      DatasetStatistics found,
      Topics names,
      PrintWriter out)
      throws InterruptedException, CannotStartException {
    String id = found.getId().substring(0, 12);
    if (before.isPresent() && before.get().getId().equals(found.getId())) {
      out.printf("Statistics %s are in topic %s already%n", id, names.statistics());
    } else if (before.isPresent() && !replace) {
      throw new CannotStartException(
          "Not published: topic %s holds other statistics, %s of %,d images; --replace replaces them"
              .formatted(
                  names.statistics(),
                  before.get().getId().substring(0, 12),
                  before.get().getImages()));
    } else {
      job.publish(found);
      out.printf("Published statistics %s to topic %s%n", id, names.statistics());
    }
    out.flush();
  }

  private static void print(DatasetStatistics found, PrintWriter out) {
    out.printf("Colors of %,d images, levels from 0 to 1:%n", found.getImages());
    out.printf("%-34s %9s %9s %9s%n", "", "red", "green", "blue");
    row(out, "mean", found.getMean());
    row(out, "standard deviation", found.getDeviation());
    for (int i = 0; i < 3; i++) {
      String name =
          "component %d (eigenvalue %.4f)".formatted(i + 1, found.getEigenvalues().get(i));
      row(out, name, found.getEigenvectors().subList(3 * i, 3 * i + 3));
    }
    out.flush();
  }

  private static void row(PrintWriter out, String name, List<Double> values) {
    out.printf("%-34s %9.4f %9.4f %9.4f%n", name, values.get(0), values.get(1), values.get(2));
  }

  /** Tells now and then how far it is. */
  private static final class Progress {
    private final PrintWriter out;
    private long saidAt = System.nanoTime();

    Progress(PrintWriter out) {
      this.out = out;
    }

    void looked(long images) {
      if (System.nanoTime() - saidAt > SAY_NANOS) {
        saidAt = System.nanoTime();
        out.printf("%,d images%n", images);
        out.flush();
      }
    }
  }
}
