package dev.millrace.trainer;

import java.util.Arrays;

/** How long the latest steps took, so that a slow one in a hundred is seen. For one thread. */
final class StepTimes {
  private static final int STEPS = 256;
  private static final double NANOS_A_MILLI = 1e6;

  private final long[] nanos = new long[STEPS];
  private long steps;

  /** A step took so long. */
  void add(long nanosOfStep) {
    nanos[(int) (steps++ % STEPS)] = nanosOfStep;
  }

  /**
   * The time in milliseconds that a share of the latest steps, 256 at most, did not go over; 0
   * before the first.
   *
   * @param share from above 0 to 1
   */
  double percentileMillis(double share) {
    int count = (int) Math.min(steps, STEPS);
    if (count == 0) {
      return 0;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * count) - 1)] / NANOS_A_MILLI;
  }
}
