package dev.millrace.pipeline;

import dev.millrace.augmenter.AugmenterFailedException;
import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.dashboard.MetricsPage;
import dev.millrace.pipeline.cli.AugmentationOptions;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.MetricsOptions;
import dev.millrace.pipeline.cli.ModelOption;
import dev.millrace.pipeline.cli.SeedOption;
import dev.millrace.pipeline.cli.StatisticsOption;
import dev.millrace.pipeline.cli.TopicOptions;
import dev.millrace.pipeline.cli.TraceOptions;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.pipeline.cli.WorkerOptions;
import dev.millrace.pipeline.meters.KafkaMeters;
import dev.millrace.pipeline.tracing.Tracing;
import dev.millrace.schemas.TensorType;
import dev.millrace.trainer.model.Network;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace augment}. */
@Command(
    name = "augment",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Makes tensors of images until Ctrl-C, each exactly once. Any number of these processes"
            + " share the partitions.")
final class AugmentCommand implements Callable<Integer> {
  @Mixin private ModelOption model = new ModelOption();
  @Mixin private AugmentationOptions augmentation = new AugmentationOptions();
  @Mixin private WorkerOptions worker = new WorkerOptions();

  @Option(
      names = "--instance-id",
      paramLabel = "NAME",
      defaultValue = "",
      description =
          "Names this process among the augmenters: restarted under its name it has its partitions"
              + " back at once, even when it was killed.")
  private String instanceId = "";

  @Option(
      names = "--tensor-type",
      paramLabel = "TYPE",
      defaultValue = "uint8",
      description =
          "Elements of the tensors: uint8 (levels, what millrace train takes), float16 or float32"
              + " (normalized by the statistics, little-endian). Default: ${DEFAULT-VALUE}.")
  private TensorType tensorType = TensorType.UINT8;

  @Mixin private StatisticsOption statistics = new StatisticsOption();
  @Mixin private SeedOption seed = new SeedOption();
  @Mixin private MetricsOptions metrics = new MetricsOptions();
  @Mixin private TraceOptions tracing = new TraceOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private TopicOptions topics = new TopicOptions();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    AugmenterOptions options = Usage.valid(spec, this::options);
    Usage.valid(spec, metrics::checked);
    Usage.valid(spec, tracing::checked);
    Map<String, Object> resolved = new HashMap<>(AugmentationOptions.resolved(options));
    resolved.putAll(WorkerOptions.resolved(options));
    Service service = Service.begin(spec, common, resolved);
    Map<String, Object> kafka = cluster.properties();
    CountDownLatch stop = new CountDownLatch(1);
    Shutdown.onSignal(stop::countDown);
    try (MetricsPage page = Pages.metrics(metrics);
        Tracing _ = tracing.start("millrace-augmenter", Version.number())) {
      Pages.say(page, service.out());
      if (service.awaitTopics(kafka, topics.topics(), stop)) {
        augment(options, kafka, page, service, stop);
      }
    }
    return ExitCode.INTERRUPTED;
  }

  private void augment(
      AugmenterOptions options,
      Map<String, Object> kafka,
      @Nullable MetricsPage page,
      Service service,
      CountDownLatch stop)
      throws InterruptedException {
    try (AugmenterService augmenter =
        new AugmenterService(
            options,
            topics.topics(),
            KafkaMeters.added(kafka, Pages.meters(page)),
            Pages.meters(page))) {
      augmenter.start();
      var _ = augmenter.stopped().whenComplete((_, _) -> stop.countDown());
      service.out().println("Augmenting; Ctrl-C stops it");
      service.out().flush();
      stop.await();
      augmenter.failure().ifPresent(AugmentCommand::rethrow);
    }
  }

  private AugmenterOptions options() {
    Network network = model.network();
    return worker
        .apply(
            augmentation.options(
                network.storedSize(), network.inputSize(), seed.seed(), topics.settings()))
        .instanceId(instanceId)
        .tensorType(tensorType)
        .statistics(statistics.source())
        .build();
  }

  private static void rethrow(Throwable failure) {
    throw failure instanceof AugmenterFailedException explained
        ? explained
        : new IllegalStateException(failure);
  }
}
