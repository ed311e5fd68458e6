package dev.millrace.benchmarks;

/**
 * What an image costs until it is in a minibatch, in seconds of CPU.
 *
 * @param throughTopic through the tensors topic to one trainer: augmented, written, read
 * @param reading of that, what each trainer takes: read from the topic into a minibatch
 * @param colocated augmented in the trainer's process
 */
record ColocatedCost(double throughTopic, double reading, double colocated) {
  private static final double MICROS = 1e6;

  /** Of three measurements. */
  static ColocatedCost of(Measurement throughTopic, Measurement reading, Measurement colocated) {
    return new ColocatedCost(
        1 / throughTopic.perCpuSecond(), 1 / reading.perCpuSecond(), 1 / colocated.perCpuSecond());
  }

  /** What the way through the topic costs more where there is one trainer, in microseconds. */
  double hopMicros() {
    return MICROS * (throughTopic - colocated);
  }

  /**
   * Number of trainers of the same tensors from which on the topic is cheaper, from 1; infinite if
   * reading alone costs more than augmenting does.
   */
  double breakEven() {
    if (reading >= colocated) {
      return Double.POSITIVE_INFINITY;
    }
    return Math.max(1, Math.ceil((throughTopic - reading) / (colocated - reading)));
  }

  /** What it means. */
  String sentence() {
    String hop =
        "The hop costs %.0f µs of CPU an image, %.0f%% of %.0f µs colocated"
            .formatted(
                hopMicros(), 100 * (throughTopic - colocated) / colocated, MICROS * colocated);
    return Double.isInfinite(breakEven())
        ? hop + "; colocated is cheaper for any number of trainers"
        : hop + "; the topic is cheaper from %.0f trainers on".formatted(breakEven());
  }
}
