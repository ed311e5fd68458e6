package dev.millrace.pipeline.cli;

import dev.millrace.trainer.LearningRateSchedule;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.model.Network;
import dev.millrace.trainer.model.Placement;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What is trained, how, and for how long. */
public final class TrainingOptions {
  /** Epochs where neither epochs nor steps are given: as many as the paper trained for. */
  static final int PAPER_EPOCHS = 90;

  @Mixin private RunOptions run = new RunOptions();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "Passes over the training images. Default: 90, as in the paper, or no limit where --steps"
              + " is given.")
  private @Nullable Integer epochs;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "0",
      description = "Steps after which training ends, 0 for no such limit. Default: 0.")
  private long steps;

  @Option(
      names = "--minibatch-size",
      paramLabel = "N",
      description = "Images a step. Default: the model's (128).")
  private @Nullable Integer minibatchSize;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description = "Learning rate at the beginning. Default: the model's (0.01).")
  private @Nullable Double learningRate;

  @Option(
      names = "--schedule",
      paramLabel = "SCHEDULE",
      defaultValue = "constant",
      converter = Schedules.class,
      description =
          "When the learning rate is divided by ten: constant (never), steps:EPOCH,... or"
              + " plateau[:N] (N evaluations without a lower top-1 error). Default:"
              + " ${DEFAULT-VALUE}.")
  private LearningRateSchedule schedule = new LearningRateSchedule.Constant();

  @Option(
      names = "--momentum",
      paramLabel = "SHARE",
      description = "Share of an update that the next one keeps. Default: the model's (0.9).")
  private @Nullable Double momentum;

  @Option(
      names = "--weight-decay",
      paramLabel = "FACTOR",
      description = "Weight decay. Default: the model's (0.0005 for alexnet).")
  private @Nullable Double weightDecay;

  @Option(
      names = "--dropout",
      paramLabel = "SHARE",
      description =
          "Share of units dropped in the hidden fully connected layers. Default: the model's (0.5"
              + " for alexnet).")
  private @Nullable Double dropout;

  @Option(
      names = "--deterministic",
      description =
          "Give the same bits every time on a GPU too, more slowly; needs TF_DETERMINISTIC_OPS=1 in"
              + " the environment. A processor does so anyhow.")
  private boolean deterministic;

  @Option(
      names = "--xla",
      description =
          "Let TensorFlow's compiler XLA join operations: about twice as fast on a GPU (with --device"
              + " gpu). Needs CUDA's compiler, see docs/gpu.md.")
  private boolean xla;

  @Option(
      names = "--columns",
      description =
          "Put each of the network's two columns on a GPU of its own, as the paper does. Only for"
              + " alexnet.")
  private boolean columns;

  @Option(
      names = "--towers",
      paramLabel = "N",
      defaultValue = "1",
      description = "GPUs that take a part of every minibatch each. Default: ${DEFAULT-VALUE}.")
  private int towers = 1;

  @Option(
      names = "--virtual-devices",
      description =
          "Divide the processor into as many devices as --columns or --towers needs, to try them"
              + " without GPUs (with --device cpu).")
  private boolean virtualDevices;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "TIME",
      defaultValue = "1m",
      converter = TimeSpan.class,
      description =
          "Time from one checkpoint to the next: what a kill costs at most; 0 for no such limit."
              + " Default: ${DEFAULT-VALUE}.")
  private Duration checkpointInterval = Duration.ofMinutes(1);

  @Option(
      names = "--checkpoint-steps",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Steps after which there is a checkpoint whatever the time. Default: ${DEFAULT-VALUE}.")
  private int checkpointSteps = 1000;

  @Option(
      names = "--checkpoint-bytes",
      paramLabel = "SIZE",
      defaultValue = "1GiB",
      converter = ByteSize.Converter.class,
      description =
          "Bytes of tensors after which there is a checkpoint whatever the time; tensors are kept"
              + " until then. Default: ${DEFAULT-VALUE}.")
  private ByteSize checkpointBytes = new ByteSize(1L << 30);

  @Option(
      names = "--keep-checkpoints",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Newest checkpoints of a run whose weights are kept. Default: ${DEFAULT-VALUE}.")
  private int keepCheckpoints = 3;

  @Option(
      names = "--no-evaluation",
      description = "Do not evaluate on the validation images at each epoch's end.")
  private boolean noEvaluation;

  @Option(
      names = "--data-timeout",
      paramLabel = "TIME",
      defaultValue = "0",
      converter = TimeSpan.class,
      description =
          "Give up when no tensor has come for so long; 0 waits for ever. Default:"
              + " ${DEFAULT-VALUE}.")
  private Duration dataTimeout = Duration.ZERO;

  @Option(
      names = "--fetch-threads",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Consumers of the tensors topic, each on a thread of its own, at most one a partition; 0"
              + " for 3 with a GPU, otherwise 1. Default: ${DEFAULT-VALUE}.")
  private int fetchThreads;

  /** Epochs to train for, 0 for no limit. */
  public int epochs() {
    if (epochs != null) {
      return epochs;
    }
    return steps > 0 ? 0 : PAPER_EPOCHS;
  }

  /** Newest checkpoints whose weights are kept. */
  public int keepCheckpoints() {
    return keepCheckpoints;
  }

  /** Bytes of tensors kept until they are in a checkpoint. */
  public long checkpointBytes() {
    return checkpointBytes.bytes();
  }

  /** The trainer's options; their ranges are checked when they are built. */
  public TrainerOptions.Builder options(Network network, long seed) {
    TrainerOptions.Builder builder =
        run.apply(TrainerOptions.builder().model(network.name()).seed(seed))
            .epochs(epochs())
            .steps(steps)
            .schedule(schedule)
            .deterministic(deterministic)
            .xla(xla)
            .placement(new Placement(columns, towers, virtualDevices))
            .checkpointInterval(checkpointInterval)
            .checkpointSteps(checkpointSteps)
            .checkpointBytes(checkpointBytes.bytes())
            .keepCheckpoints(keepCheckpoints)
            .evaluation(!noEvaluation)
            .dataTimeout(dataTimeout)
            .fetchThreads(fetchThreads);
    if (minibatchSize != null) {
      builder.minibatchSize(minibatchSize);
    }
    if (learningRate != null) {
      builder.learningRate(learningRate);
    }
    if (momentum != null) {
      builder.momentum(momentum);
    }
    if (weightDecay != null) {
      builder.weightDecay(weightDecay);
    }
    if (dropout != null) {
      builder.dropout(dropout);
    }
    return builder;
  }

  /** The values that depend on the model, by option name. */
  public static Map<String, Object> resolved(TrainerOptions options) {
    return Map.of(
        "epochs", options.epochs(),
        "minibatch-size", options.minibatchSize(),
        "learning-rate", options.learningRate(),
        "schedule", options.schedule().text(),
        "momentum", options.momentum(),
        "weight-decay", options.weightDecay(),
        "dropout", options.dropout(),
        "threads", options.threads());
  }

  /** Reads a schedule. */
  static final class Schedules implements ITypeConverter<LearningRateSchedule> {
    @Override
    public LearningRateSchedule convert(String text) {
      try {
        return LearningRateSchedule.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
