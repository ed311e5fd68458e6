package dev.millrace.pipeline.speed;

import dev.millrace.schemas.TopicSettings;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.model.Activation;
import dev.millrace.trainer.model.Device;
import dev.millrace.trainer.model.Network;
import dev.millrace.trainer.model.Placement;
import dev.millrace.trainer.model.Precision;
import dev.millrace.trainer.model.SessionOptions;
import java.time.Duration;

/**
 * What is trained to find out how fast that goes.
 *
 * @param minibatchSize images a step
 * @param threads processor threads for TensorFlow
 * @param xla whether TensorFlow's compiler XLA joins operations; on a GPU only
 * @param steps steps to time, after {@link #WARM_UP} others
 * @param partitions of the topic that tensors are read from
 * @param fetchThreads consumers of that topic; 0 for what a trainer usually takes
 */
public record SpeedSettings(
    Network network,
    int classes,
    int minibatchSize,
    Device device,
    int threads,
    Precision precision,
    boolean xla,
    int steps,
    int partitions,
    int fetchThreads) {
  /** Steps before the first that is timed: the first of all take longer, the tenth is saved. */
  static final int WARM_UP = 12;

  private static final int MOST_STEPS = 1_000_000;

  /** The step after which a trainer's first checkpoint begins. */
  static final int CHECKPOINT_STEP = 10;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is left, naming the settings and their ranges
   */
  public SpeedSettings {
    if (steps < 1 || steps > MOST_STEPS) {
      throw new IllegalArgumentException(
          "steps must be from 1 to %d, found %d".formatted(MOST_STEPS, steps));
    }
    var _ = new TopicSettings(partitions, (short) 1, 1 << 20);
    var _ =
        training(
            network, classes, minibatchSize, device, threads, precision, xla, steps, fetchThreads);
  }

  /** The same with other numbers. */
  public SpeedSettings with(Precision other, boolean compiled) {
    return new SpeedSettings(
        network,
        classes,
        minibatchSize,
        device,
        threads,
        other,
        compiled,
        steps,
        partitions,
        fetchThreads);
  }

  long images() {
    return (long) minibatchSize * (WARM_UP + steps);
  }

  SessionOptions session() {
    SessionOptions own = SessionOptions.of(network, classes, 1, device);
    return new SessionOptions(
        network,
        classes,
        1,
        device,
        threads,
        false,
        precision,
        xla,
        Placement.ONE_DEVICE,
        own.momentum(),
        own.weightDecay(),
        own.dropout(),
        Activation.RELU,
        own.mean());
  }

  TrainerOptions training() {
    return training(
        network, classes, minibatchSize, device, threads, precision, xla, steps, fetchThreads);
  }

  private static TrainerOptions training(
      Network network,
      int classes,
      int minibatchSize,
      Device device,
      int threads,
      Precision precision,
      boolean xla,
      int steps,
      int fetchThreads) {
    return TrainerOptions.builder()
        .run("speed")
        .model(network.name())
        .classes(classes)
        .minibatchSize(minibatchSize)
        .learningRate(1e-6) // random images teach nothing, but must not make the loss explode
        .device(device)
        .threads(threads)
        .fetchThreads(fetchThreads)
        .precision(precision)
        .xla(xla)
        .steps(WARM_UP + steps)
        .evaluation(false)
        .checkpointSteps(10_000_000)
        .checkpointBytes(Long.MAX_VALUE)
        .checkpointInterval(Duration.ZERO)
        .keepCheckpoints(1)
        .dataTimeout(Duration.ofMinutes(2))
        .build();
  }
}
