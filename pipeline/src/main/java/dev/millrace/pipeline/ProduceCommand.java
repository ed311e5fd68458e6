package dev.millrace.pipeline;

import dev.millrace.dashboard.MetricsPage;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.pipeline.cli.ArrivalOptions;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.DataOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.MetricsOptions;
import dev.millrace.pipeline.cli.PublishingOptions;
import dev.millrace.pipeline.cli.SeedOption;
import dev.millrace.pipeline.cli.ShareOption;
import dev.millrace.pipeline.cli.TopicOptions;
import dev.millrace.pipeline.cli.TraceOptions;
import dev.millrace.pipeline.cli.UploadEndpointOptions;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.pipeline.meters.KafkaMeters;
import dev.millrace.pipeline.tracing.Tracing;
import dev.millrace.producer.ContinuousOptions;
import dev.millrace.producer.ImageProducer;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.ProducerSummary;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.follow.FollowOptions;
import dev.millrace.producer.survey.Survey;
import dev.millrace.producer.survey.SurveyReport;
import dev.millrace.producer.upload.UploadOptions;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import io.micrometer.core.instrument.FunctionCounter;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace produce}. */
@Command(
    name = "produce",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Publishes a folder of images, epoch after epoch, as fast as the augmenters take them."
            + " Creates the topics that do not exist. The same command resumes after any stop. With"
            + " --follow or --upload-port, publishes what arrives as long as it runs.")
final class ProduceCommand implements Callable<Integer> {
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private ArrivalOptions arrivals = new ArrivalOptions();
  @Mixin private UploadEndpointOptions uploads = new UploadEndpointOptions();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "90",
      description =
          "Passes over the training images, 0 for without end. Default: ${DEFAULT-VALUE}.")
  private int epochs = 90;

  @Option(
      names = "--dry-run",
      description =
          "Publish nothing: read and decode every image once, and tell classes, numbers, sizes and"
              + " what is broken. Needs no brokers. Exit code 1 if any image is broken.")
  private boolean dryRun;

  @Mixin private ShareOption share = new ShareOption();
  @Mixin private SeedOption seed = new SeedOption();
  @Mixin private MetricsOptions metrics = new MetricsOptions();
  @Mixin private TraceOptions tracing = new TraceOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private TopicOptions topics = new TopicOptions();
  @Mixin private PublishingOptions publishing = new PublishingOptions();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    ProducerOptions options =
        Usage.valid(
            spec,
            () -> publishing.options(seed.seed(), epochs, topics.settings()).of(share.share()));
    Usage.valid(spec, metrics::checked);
    Usage.valid(spec, tracing::checked);
    if (arrivals.follow() != null || uploads.wanted()) {
      return ingest(options);
    }
    if (dryRun) {
      return survey(options.maxSourceBytes());
    }
    Service service = Service.begin(spec, common, Map.of());
    Map<String, Object> kafka = cluster.properties();
    Topics names = topics.topics();
    try (Dataset dataset = DatasetListing.open(data, seed.seed(), service.out());
        MetricsPage page = Pages.metrics(metrics);
        Tracing _ = tracing.start("millrace-producer", Version.number());
        ImageProducer producer =
            new ImageProducer(
                options,
                names,
                KafkaMeters.added(kafka, Pages.meters(page)),
                dataset,
                InstantSource.system())) {
      Pages.say(page, service.out());
      count(page, producer, ImageProducer::passed);
      service.createTopics(kafka, names, topics.settings());
      Shutdown.onSignal(producer::close);
      service
          .out()
          .printf(
              "Publishing %,d training and %,d validation images of %,d classes to %s%n",
              dataset.size(Split.TRAIN),
              dataset.size(Split.VALIDATION),
              dataset.synsets().size(),
              names.images(Split.TRAIN).name());
      service.out().flush();
      ProducerSummary summary;
      try (ImagesProgress _ =
          ImagesProgress.show(service.out(), "Publishing", producer::total, producer::passed)) {
        summary = producer.run();
      }
      return summary(summary, producer.shrunkLarger(), service.out());
    }
  }

  private int ingest(ProducerOptions options) throws Exception {
    String other = data.given() ? "--data" : dryRun ? "--dry-run" : !share.whole() ? "--shard" : "";
    if (!other.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--follow and --upload-port do not go with " + other);
    }
    ContinuousOptions continuous =
        Usage.valid(spec, () -> arrivals.publishing(options, arrivals.maxClasses()));
    FollowOptions following =
        Usage.valid(
            spec,
            () ->
                arrivals.following(
                    data.validationFraction(), seed.seed(), options.maxImageBytes()));
    Service service = Service.begin(spec, common, Map.of());
    Map<String, Object> kafka = cluster.properties();
    Topics names = topics.topics();
    service.createTopics(kafka, names, topics.settings());
    try (MetricsPage page = Pages.metrics(metrics);
        Tracing _ = tracing.start("millrace-producer", Version.number());
        Ingestion ingestion =
            new Ingestion(continuous, names, KafkaMeters.added(kafka, Pages.meters(page)))) {
      Pages.say(page, service.out());
      count(page, ingestion, Ingestion::published);
      Shutdown.onSignal(ingestion::stop);
      if (arrivals.follow() != null) {
        ingestion.follow(arrivals.follow(), following);
        service.out().printf("Publishing what is put into %s%n", arrivals.follow());
      }
      if (uploads.wanted()) {
        receive(ingestion, options.maxImageBytes(), service.out());
      }
      service.out().printf("To topic %s; Ctrl-C stops it%n", names.images(Split.TRAIN).name());
      service.out().flush();
      try (ImagesProgress _ =
          ImagesProgress.show(service.out(), "Publishing", () -> -1, ingestion::published)) {
        return summary(ingestion.run(), 0, service.out());
      }
    }
  }

  private static <T> void count(@Nullable MetricsPage page, T of, ToDoubleFunction<T> images) {
    FunctionCounter.builder("millrace.producer.images", of, images)
        .description("Images published, or passed since they were published before")
        .register(Pages.meters(page));
  }

  private void receive(Ingestion ingestion, int maxImageBytes, PrintWriter out) throws Exception {
    UploadOptions receiving = receiving(maxImageBytes);
    int port = ingestion.receive(receiving);
    out.printf(
        "Publishing what is sent to %s://%s:%d/images with the token in %s%n",
        receiving.tls() == null ? "http" : "https", receiving.host(), port, uploads.tokenFile());
    if (receiving.isExposed()) {
      out.printf(
          "Other machines reach it and the network may read along: give --upload-keystore, or put a"
              + " proxy before it that speaks HTTPS%n");
    }
  }

  private UploadOptions receiving(int maxImageBytes) throws CannotStartException {
    try {
      return uploads.options(maxImageBytes);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private int survey(int maxBytes) throws Exception {
    PrintWriter out = Service.quiet(spec, common).out();
    try (Dataset dataset = DatasetListing.open(data, seed.seed(), out)) {
      ImageLimits limits = new ImageLimits(maxBytes, ImageLimits.DEFAULT.maxPixels());
      Survey survey = new Survey(dataset, limits);
      Shutdown.onSignal(survey::stop);
      long images = (long) dataset.size(Split.TRAIN) + dataset.size(Split.VALIDATION);
      SurveyReport report;
      try (ImagesProgress _ = ImagesProgress.show(out, "Reading", () -> images, survey::looked)) {
        report = survey.run();
      }
      if (Shutdown.requested()) {
        out.printf("Stopped after %,d of %,d images%n", survey.looked(), images);
        out.flush();
        return ExitCode.INTERRUPTED;
      }
      SurveyText.print(report, out);
      return report.broken() == 0 ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private static int summary(ProducerSummary summary, long shrunkLarger, PrintWriter out) {
    out.printf(
        "Published %,d images, %,d MB%s; %,d dead letters%n",
        summary.images(),
        summary.bytes() / 1_000_000,
        shrunkLarger == 0 ? "" : ", %,d of them shrunk since too large".formatted(shrunkLarger),
        summary.deadLetters());
    out.flush();
    return Shutdown.requested() ? ExitCode.INTERRUPTED : ExitCode.OK;
  }
}
