package dev.millrace.trainer;

import dev.millrace.schemas.OptionFaults;
import dev.millrace.schemas.StatisticsSource;
import dev.millrace.trainer.model.Activation;
import dev.millrace.trainer.model.Device;
import dev.millrace.trainer.model.Hyperparameters;
import dev.millrace.trainer.model.Network;
import dev.millrace.trainer.model.Placement;
import dev.millrace.trainer.model.Precision;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a user chooses about training. Made with {@link #builder()}; every setting has a default,
 * some of them the network's own.
 *
 * @param run the training run's name; lower-case letters, digits and hyphens, at most 100 (default)
 * @param model the network's name, one of {@link Network#names()} (alexnet)
 * @param seed the run's only source of randomness (1)
 * @param epochs epochs to train for; 0 sets no such limit (0)
 * @param steps steps to train for, whichever of the two comes first; 0 sets no such limit (0)
 * @param minibatchSize images in a minibatch, 1 to 65536 (the network's own)
 * @param learningRate learning rate at the beginning, above 0 and at most 100 (the network's own)
 * @param schedule how the learning rate changes (constant)
 * @param momentum share of the last update that the next one keeps, from 0 to below 1 (the
 *     network's own)
 * @param weightDecay share of a weight that is subtracted from its gradient's update, 0 to 1 (the
 *     network's own)
 * @param dropout probability of a unit being dropped where the network drops any, from 0 to below 1
 *     (the network's own)
 * @param activation what the network's hidden units make of their sums (relu)
 * @param device where TensorFlow computes (auto)
 * @param threads threads that TensorFlow computes with on the processor, 1 to 1024 (one a
 *     processor); another number gives other last bits
 * @param deterministic whether only operations are used that give the same bits every time on a
 *     GPU; a processor does so anyhow (false)
 * @param precision the numbers that the network's layers are computed in (float32)
 * @param xla whether TensorFlow's compiler XLA joins operations; needs the device GPU (false)
 * @param placement how the work of a step is divided among devices, with at least one image of a
 *     minibatch for each tower (one device)
 * @param checkpointSteps steps from one checkpoint to the next, 1 to 10 million (1000); the first
 *     after each start comes after 10 steps
 * @param checkpointBytes bytes of tensors read since the last checkpoint after which there is
 *     another one, whatever the steps, at least 1 MiB (1 GiB)
 * @param checkpointInterval time since the last checkpoint after which there is another one,
 *     whatever the steps: the most training that a kill costs; zero sets no such limit (1 minute)
 * @param keepCheckpoints newest checkpoints of each run whose bytes are kept, 1 to 1000 (3)
 * @param evaluation whether the network is evaluated on the validation split at each epoch's end
 *     and at the run's end (true)
 * @param tenCrops whether an evaluation tests on ten crops of each image as well (false)
 * @param classes number of classes, 2 to 1 million; 0 takes the class list's (0)
 * @param statistics whose mean is subtracted from every pixel: the network's or the dataset's
 *     ({@link StatisticsSource#PUBLISHED})
 * @param dataTimeout after how long without a tensor to give up; zero waits for ever (0 s)
 * @param fetchThreads consumers of the tensors topic, from 1 to 64, at most one a partition; with
 *     several, each is on a thread of its own. 0 takes 3 with a GPU, otherwise 1 (0)
 */
public record TrainerOptions(
    String run,
    String model,
    long seed,
    int epochs,
    long steps,
    int minibatchSize,
    double learningRate,
    LearningRateSchedule schedule,
    double momentum,
    double weightDecay,
    double dropout,
    Activation activation,
    Device device,
    int threads,
    boolean deterministic,
    Precision precision,
    boolean xla,
    Placement placement,
    int checkpointSteps,
    long checkpointBytes,
    Duration checkpointInterval,
    int keepCheckpoints,
    boolean evaluation,
    boolean tenCrops,
    int classes,
    StatisticsSource statistics,
    Duration dataTimeout,
    int fetchThreads) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if any is left, naming every setting that is at fault with its
   *     range and the value found
   */
  public TrainerOptions {
    OptionFaults faults = new OptionFaults();
    if (!run.matches("[a-z0-9][a-z0-9-]{0,99}")) {
      faults.add(
          "run must be 1 to 100 lower-case letters, digits or hyphens, found \"%s\""
              .formatted(run));
    }
    if (!Network.names().contains(model)) {
      faults.add("model must be one of %s, found \"%s\"".formatted(Network.names(), model));
    }
    faults.range("epochs", epochs, 0, 1_000_000);
    faults.range("steps", steps, 0, Long.MAX_VALUE);
    faults.range("minibatch-size", minibatchSize, 1, 65_536);
    faults.range("learning-rate", "above 0 and at most 100", learningRate, 0, 100);
    if (learningRate == 0) {
      faults.add("learning-rate must be above 0, found 0");
    }
    faults.range("momentum", "from 0 to below 1", momentum, 0, Math.nextDown(1.0));
    faults.range("weight-decay", "from 0 to 1", weightDecay, 0, 1);
    faults.range("dropout", "from 0 to below 1", dropout, 0, Math.nextDown(1.0));
    faults.range("threads", threads, 1, 1024);
    faults.range("fetch-threads", fetchThreads, 0, 64);
    checkPlacement(faults, placement, model, device, minibatchSize);
    if (xla && device != Device.GPU) {
      faults.add(
          "xla needs device gpu, found %s: on a processor it makes steps slower"
              .formatted(device.name().toLowerCase(Locale.ROOT)));
    }
    faults.range("checkpoint-steps", checkpointSteps, 1, 10_000_000);
    faults.range("checkpoint-bytes", checkpointBytes, 1 << 20, Long.MAX_VALUE);
    faults.range("keep-checkpoints", keepCheckpoints, 1, 1000);
    if (schedule instanceof LearningRateSchedule.Plateau && !evaluation) {
      faults.add("schedule plateau needs evaluation, which is switched off");
    }
    if (tenCrops && !evaluation) {
      faults.add("ten-crop needs evaluation, which is switched off");
    }
    if (classes != 0) {
      faults.range("classes", classes, 2, 1_000_000);
    }
    checkNotNegative(faults, "checkpoint-interval", checkpointInterval);
    checkNotNegative(faults, "data-timeout", dataTimeout);
    faults.throwIfAny("Cannot train with these options");
  }

  private static void checkPlacement(
      OptionFaults faults, Placement placement, String model, Device device, int minibatchSize) {
    if (Network.names().contains(model)) {
      faults.addAll(placement.faults(Network.of(model), device));
    }
    if (placement.towers() > minibatchSize) {
      faults.add(
          "towers must be at most minibatch-size (%d), found %d"
              .formatted(minibatchSize, placement.towers()));
    }
  }

  private static void checkNotNegative(OptionFaults faults, String name, Duration value) {
    if (value.isNegative()) {
      faults.add("%s must not be negative, found %s".formatted(name, value));
    }
  }

  /** The network that the model's name stands for. */
  public Network network() {
    return Network.of(model);
  }

  /** Consumer group of a run: its offsets are those of its newest checkpoint. */
  public String group(String prefix) {
    return "%s-trainer-%s".formatted(prefix, run);
  }

  Goal goal() {
    return new Goal(epochs, steps);
  }

  /** Every setting at its default. */
  public static Builder builder() {
    return new Builder();
  }

  /** Changes single settings; each method is named as the setting it sets. */
  public static final class Builder {
    private String run = "default";
    private String model = "alexnet";
    private long seed = 1;
    private int epochs;
    private long steps;
    private @Nullable Integer minibatchSize;
    private @Nullable Double learningRate;
    private LearningRateSchedule schedule = new LearningRateSchedule.Constant();
    private @Nullable Double momentum;
    private @Nullable Double weightDecay;
    private @Nullable Double dropout;
    private Activation activation = Activation.RELU;
    private Device device = Device.AUTO;
    private int threads = Runtime.getRuntime().availableProcessors();
    private boolean deterministic;
    private Precision precision = Precision.FLOAT32;
    private boolean xla;
    private Placement placement = Placement.ONE_DEVICE;
    private int checkpointSteps = 1000;
    private long checkpointBytes = 1L << 30;
    private Duration checkpointInterval = Duration.ofMinutes(1);
    private int keepCheckpoints = 3;
    private boolean evaluation = true;
    private boolean tenCrops;
    private int classes;
    private StatisticsSource statistics = StatisticsSource.PUBLISHED;
    private Duration dataTimeout = Duration.ZERO;
    private int fetchThreads;

    private Builder() {}

    public Builder run(String value) {
      run = value;
      return this;
    }

    public Builder model(String value) {
      model = value;
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public Builder epochs(int value) {
      epochs = value;
      return this;
    }

    public Builder steps(long value) {
      steps = value;
      return this;
    }

    public Builder minibatchSize(int value) {
      minibatchSize = value;
      return this;
    }

    public Builder learningRate(double value) {
      learningRate = value;
      return this;
    }

    public Builder schedule(LearningRateSchedule value) {
      schedule = value;
      return this;
    }

    public Builder momentum(double value) {
      momentum = value;
      return this;
    }

    public Builder weightDecay(double value) {
      weightDecay = value;
      return this;
    }

    public Builder dropout(double value) {
      dropout = value;
      return this;
    }

    public Builder activation(Activation value) {
      activation = value;
      return this;
    }

    public Builder device(Device value) {
      device = value;
      return this;
    }

    public Builder threads(int value) {
      threads = value;
      return this;
    }

    public Builder deterministic(boolean value) {
      deterministic = value;
      return this;
    }

    public Builder precision(Precision value) {
      precision = value;
      return this;
    }

    public Builder xla(boolean value) {
      xla = value;
      return this;
    }

    public Builder placement(Placement value) {
      placement = value;
      return this;
    }

    public Builder checkpointSteps(int value) {
      checkpointSteps = value;
      return this;
    }

    public Builder checkpointBytes(long value) {
      checkpointBytes = value;
      return this;
    }

    public Builder checkpointInterval(Duration value) {
      checkpointInterval = value;
      return this;
    }

    public Builder keepCheckpoints(int value) {
      keepCheckpoints = value;
      return this;
    }

    public Builder evaluation(boolean value) {
      evaluation = value;
      return this;
    }

    public Builder tenCrops(boolean value) {
      tenCrops = value;
      return this;
    }

    public Builder classes(int value) {
      classes = value;
      return this;
    }

    public Builder statistics(StatisticsSource value) {
      statistics = value;
      return this;
    }

    public Builder dataTimeout(Duration value) {
      dataTimeout = value;
      return this;
    }

    public Builder fetchThreads(int value) {
      fetchThreads = value;
      return this;
    }

    /**
     * The options as set.
     *
     * @throws IllegalArgumentException if any is out of its range, naming all of them
     */
    public TrainerOptions build() {
      // An unknown name is told with the other faults.
      boolean known = Network.names().contains(model);
      Hyperparameters own =
          Network.of(known ? model : Network.names().getFirst()).hyperparameters();
      return new TrainerOptions(
          run,
          model,
          seed,
          epochs,
          steps,
          minibatchSize == null ? own.minibatchSize() : minibatchSize,
          learningRate == null ? own.learningRate() : learningRate,
          schedule,
          momentum == null ? own.momentum() : momentum,
          weightDecay == null ? own.weightDecay() : weightDecay,
          dropout == null ? own.dropout() : dropout,
          activation,
          device,
          threads,
          deterministic,
          precision,
          xla,
          placement,
          checkpointSteps,
          checkpointBytes,
          checkpointInterval,
          keepCheckpoints,
          evaluation,
          tenCrops,
          classes,
          statistics,
          dataTimeout,
          fetchThreads);
    }
  }
}
