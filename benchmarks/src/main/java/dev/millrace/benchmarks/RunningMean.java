package dev.millrace.benchmarks;

/** The mean of the last so many values. */
final class RunningMean {
  private final double[] values;
  private long added;
  private double sum;

  RunningMean(int length) {
    this.values = new double[length];
  }

  void add(double value) {
    int place = (int) (added++ % values.length);
    sum += value - values[place];
    values[place] = value;
  }

  /** Whether as many values have been added as it is over. */
  boolean isFull() {
    return added >= values.length;
  }

  double mean() {
    return sum / Math.min(added, values.length);
  }
}
