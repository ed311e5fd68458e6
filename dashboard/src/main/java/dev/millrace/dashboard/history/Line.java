package dev.millrace.dashboard.history;

/**
 * Points to draw, in order: three columns of one length.
 *
 * @param step the steps
 * @param time when they were, in epoch milliseconds
 * @param value the values; those that are no numbers have none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Line(long[] step, long[] time, double[] value) {
  static Line of(Points points, int[] chosen) {
    Line line =
        new Line(new long[chosen.length], new long[chosen.length], new double[chosen.length]);
    for (int i = 0; i < chosen.length; i++) {
      line.step[i] = points.step(chosen[i]);
      line.time[i] = points.time(chosen[i]);
      line.value[i] = points.value(chosen[i]);
    }
    return line;
  }
}
