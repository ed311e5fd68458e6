package dev.millrace.pipeline;

import static dev.millrace.pipeline.TrainingDisplay.errors;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.pipeline.cli.AugmentationOptions;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.ColocatedOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.ImageSizeOption;
import dev.millrace.pipeline.cli.ModelOption;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.RunOptions;
import dev.millrace.pipeline.cli.StatisticsOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.trainer.CheckpointEvaluation;
import dev.millrace.trainer.Evaluation;
import dev.millrace.trainer.Feed;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.model.Network;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace evaluate}. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Evaluates a run's newest checkpoint on the validation images, whether or not the run is"
            + " being trained.")
final class EvaluateCommand implements Callable<Integer> {
  @Mixin private ModelOption model = new ModelOption();
  @Mixin private RunOptions run = new RunOptions();
  @Mixin private ColocatedOptions colocated = new ColocatedOptions();
  @Mixin private AugmentationOptions augmentation = new AugmentationOptions();
  @Mixin private ImageSizeOption maxImageSize = new ImageSizeOption();
  @Mixin private StatisticsOption statistics = new StatisticsOption();
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
                run.apply(TrainerOptions.builder().model(model.network().name()))
                    .statistics(statistics.source())
                    .build());
    OptionalInt threads = Usage.valid(spec, colocated::threads);
    AugmenterOptions augmenting = Usage.valid(spec, this::augmenting);
    Map<String, Object> resolved = new HashMap<>(AugmentationOptions.resolved(augmenting));
    resolved.putAll(ColocatedOptions.resolved(threads));
    resolved.put("threads", options.threads());
    Service service = Service.begin(spec, common, resolved);
    Map<String, Object> kafka = cluster.properties();
    service.requireBroker(kafka);
    AtomicBoolean stop = new AtomicBoolean();
    Shutdown.onSignal(() -> stop.set(true));
    Feed feed = ColocatedFeed.of(threads, augmenting, prefix.topics(), kafka);
    Evaluation evaluation =
        new CheckpointEvaluation(options, feed, prefix.topics(), kafka, InstantSource.system())
            .run(stop::get);
    if (evaluation == null) {
      service.out().println(stop.get() ? "Stopped" : "There are no validation images");
      service.out().flush();
      return stop.get() ? ExitCode.INTERRUPTED : ExitCode.FAILED;
    }
    service
        .out()
        .printf(
            "Checkpoint of step %,d: %s, loss %.4f, on %,d images%n",
            evaluation.step(), errors(evaluation), evaluation.loss(), evaluation.images());
    service.out().flush();
    return ExitCode.OK;
  }

  // Nothing about a validation tensor is random: the seed does not matter.
  private AugmenterOptions augmenting() {
    Network network = model.network();
    return augmentation
        .options(network.storedSize(), network.inputSize(), 1, maxImageSize.settings())
        .statistics(statistics.source())
        .build();
  }
}
