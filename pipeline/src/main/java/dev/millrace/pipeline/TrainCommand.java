package dev.millrace.pipeline;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.dashboard.MetricsPage;
import dev.millrace.pipeline.cli.AugmentationOptions;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.ColocatedOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.ImageHandlingOptions;
import dev.millrace.pipeline.cli.ImageSizeOption;
import dev.millrace.pipeline.cli.MetricsOptions;
import dev.millrace.pipeline.cli.ModelOption;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.SeedOption;
import dev.millrace.pipeline.cli.StatisticsOption;
import dev.millrace.pipeline.cli.TeamOptions;
import dev.millrace.pipeline.cli.TraceOptions;
import dev.millrace.pipeline.cli.TrainingOptions;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.pipeline.meters.KafkaMeters;
import dev.millrace.pipeline.tracing.Tracing;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.Feed;
import dev.millrace.trainer.Trainer;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingSummary;
import dev.millrace.trainer.model.Network;
import dev.millrace.trainer.model.Peers;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace train}. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Trains on the tensors that augmenters make or, with --colocated, on images that it augments"
            + " by itself. The same command resumes from the run's newest checkpoint after any"
            + " stop.")
final class TrainCommand implements Callable<Integer> {
  @Mixin private ModelOption model = new ModelOption();
  @Mixin private TrainingOptions training = new TrainingOptions();
  @Mixin private ColocatedOptions colocated = new ColocatedOptions();
  @Mixin private AugmentationOptions augmentation = new AugmentationOptions();
  @Mixin private ImageHandlingOptions handling = new ImageHandlingOptions();
  @Mixin private ImageSizeOption maxImageSize = new ImageSizeOption();
  @Mixin private StatisticsOption statistics = new StatisticsOption();
  @Mixin private SeedOption seed = new SeedOption();
  @Mixin private TeamOptions team = new TeamOptions();
  @Mixin private MetricsOptions metrics = new MetricsOptions();
  @Mixin private TraceOptions tracing = new TraceOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    TrainerOptions options =
        Usage.valid(
            spec,
            () ->
                training
                    .options(model.network(), seed.seed())
                    .statistics(statistics.source())
                    .build());
    OptionalInt threads = Usage.valid(spec, colocated::threads);
    AugmenterOptions augmenting = Usage.valid(spec, this::augmenting);
    TeamOptions.Workers workers = Usage.valid(spec, team::workers);
    Peers peers = Usage.valid(spec, team::peers);
    Usage.valid(spec, metrics::checked);
    Usage.valid(spec, tracing::checked);
    if (threads.isPresent() && (workers != null || peers != null)) {
      throw new ParameterException(
          spec.commandLine(),
          "--colocated and --workers exclude each other: every worker would augment all images."
              + " Leave one out.");
    }
    Map<String, Object> resolved = new HashMap<>(TrainingOptions.resolved(options));
    resolved.putAll(AugmentationOptions.resolved(augmenting));
    resolved.putAll(ColocatedOptions.resolved(threads));
    Service service =
        peers == null ? Service.begin(spec, common, resolved) : Service.quiet(spec, common);
    Map<String, Object> kafka = cluster.properties();
    Topics topics = Usage.valid(spec, prefix::topics);
    service.requireBroker(kafka);
    if (workers != null && peers == null) {
      return WorkerSupervisor.run(spec, options, workers, topics, kafka, service.out());
    }
    // Workers of a team would all want the one port.
    try (MetricsPage page = peers == null ? Pages.metrics(metrics) : null;
        Tracing _ = tracing.start("millrace-trainer", Version.number())) {
      Pages.say(page, service.out());
      Map<String, Object> measured = KafkaMeters.added(kafka, Pages.meters(page));
      Feed feed = ColocatedFeed.of(threads, augmenting, topics, measured);
      TrainingSummary summary = train(options, feed, topics, measured, service.out(), peers);
      Report.print(service.out(), summary, topics);
      return summary.stopped() ? ExitCode.INTERRUPTED : ExitCode.OK;
    }
  }

  private AugmenterOptions augmenting() {
    Network network = model.network();
    return handling
        .apply(
            augmentation.options(
                network.storedSize(), network.inputSize(), seed.seed(), maxImageSize.settings()))
        .statistics(statistics.source())
        .build();
  }

  private static TrainingSummary train(
      TrainerOptions options,
      Feed feed,
      Topics topics,
      Map<String, Object> kafka,
      PrintWriter out,
      @Nullable Peers peers)
      throws InterruptedException {
    try (TrainingDisplay display = new TrainingDisplay(out, Terminal.isPresent(), -1);
        Trainer trainer =
            new Trainer(
                options,
                feed,
                topics,
                kafka,
                InstantSource.system(),
                display,
                peers == null ? Peers.NONE : peers)) {
      Shutdown.onSignal(trainer::requestStop);
      if (peers != null) {
        TeamControl.of(trainer).start();
      }
      return trainer.run();
    }
  }
}
