package dev.millrace.trainer.model;

import java.util.List;

/**
 * What a {@link TrainingSession} is opened with.
 *
 * @param network the network to train
 * @param classes number of classes, at least 2
 * @param seed the run's only source of randomness: initial weights and dropout follow from it
 * @param device where the graph runs
 * @param threads processor threads for TensorFlow, 0 for one a core; TensorFlow shares its threads
 *     among the sessions of a process, so the first session decides
 * @param deterministic whether a GPU must give the same bits in each run; a processor does so
 *     anyhow for a fixed number of threads
 * @param precision the numbers that layers are computed in
 * @param xla whether TensorFlow's compiler XLA joins operations; on a GPU only
 * @param placement how the work is divided among devices
 * @param momentum share of the last update kept in the next, from 0 to below 1
 * @param weightDecay factor of the weights in the update rule, at least 0
 * @param dropout chance of a unit to be dropped in a training step, from 0 to below 1
 * @param activation what the hidden units make of their sums
 * @param mean mean red, green and blue, 0 to 255, subtracted from every pixel
 */
public record SessionOptions(
    Network network,
    int classes,
    long seed,
    Device device,
    int threads,
    boolean deterministic,
    Precision precision,
    boolean xla,
    Placement placement,
    float momentum,
    float weightDecay,
    float dropout,
    Activation activation,
    List<Float> mean) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when a value is out of its range or the placement cannot be
   */
  public SessionOptions {
    check(classes >= 2, "classes", "at least 2", classes);
    check(threads >= 0, "threads", "0 (one a core) or more", threads);
    check(momentum >= 0 && momentum < 1, "momentum", "from 0 to below 1", momentum);
    check(
        weightDecay >= 0 && Float.isFinite(weightDecay), "weight decay", "0 or more", weightDecay);
    mean = List.copyOf(mean);
    check(mean.size() == 3, "mean", "three channels'", mean.size());
    check(dropout >= 0 && dropout < 1, "dropout", "from 0 to below 1", dropout);
    check(!xla || device == Device.GPU, "device", "gpu for XLA", device);
    List<String> faults = placement.faults(network, device);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot open a training session: " + String.join("; ", faults));
    }
  }

  /** Options for {@code network} with the values of its {@link Network#hyperparameters}. */
  public static SessionOptions of(Network network, int classes, long seed, Device device) {
    Hyperparameters values = network.hyperparameters();
    return new SessionOptions(
        network,
        classes,
        seed,
        device,
        0,
        false,
        Precision.FLOAT32,
        false,
        Placement.ONE_DEVICE,
        (float) values.momentum(),
        (float) values.weightDecay(),
        (float) values.dropout(),
        Activation.RELU,
        network.mean());
  }

  private static void check(boolean holds, String name, String rule, Object found) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Cannot open a training session: %s must be %s, found %s".formatted(name, rule, found));
    }
  }
}
