package dev.millrace.dashboard.history;

/**
 * Chooses the points that show a line's shape: largest triangle, three buckets (S. Steinarsson,
 * Downsampling Time Series for Visual Representation, 2013). The points between the first and the
 * last fall into buckets of as many points each; of each bucket that point is taken which spans the
 * largest triangle with the one taken before and the mean of the next bucket. Values that are no
 * numbers are taken only where a bucket has no others.
 */
final class Lttb {
  /** The fewest points that a line is reduced to. */
  static final int LEAST = 3;

  private Lttb() {}

  /**
   * Chooses.
   *
   * @param from the first point
   * @param to behind the last point
   * @param most points wanted, at least 3
   * @return their indices in order, the first and the last among them; all if there are no more
   */
  static int[] choose(Points points, int from, int to, int most, Axis axis) {
    int count = to - from;
    if (count <= most) {
      int[] all = new int[Math.max(0, count)];
      for (int i = 0; i < all.length; i++) {
        all[i] = from + i;
      }
      return all;
    }
    int[] chosen = new int[most];
    chosen[0] = from;
    chosen[most - 1] = to - 1;
    double width = (count - 2.0) / (most - 2);
    for (int i = 1; i < most - 1; i++) {
      int start = from + 1 + (int) ((i - 1) * width);
      int end = from + 1 + (int) (i * width);
      int nextEnd = i == most - 2 ? to : Math.min(to - 1, from + 1 + (int) ((i + 1) * width));
      chosen[i] =
          largest(points, axis, chosen[i - 1], start, end, mean(points, axis, end, nextEnd));
    }
    return chosen;
  }

  /** A place in the drawing. */
  private record Spot(double x, double y) {}

  private static Spot mean(Points points, Axis axis, int start, int end) {
    long origin = points.place(start, axis);
    double x = 0;
    double y = 0;
    int numbers = 0;
    for (int i = start; i < end; i++) {
      double value = points.value(i);
      if (Double.isFinite(value)) {
        x += points.place(i, axis) - origin;
        y += value;
        numbers++;
      }
    }
    return numbers == 0
        ? new Spot(origin, Double.NaN)
        : new Spot(origin + x / numbers, y / numbers);
  }

  private static int largest(Points points, Axis axis, int before, int start, int end, Spot next) {
    double x = points.place(before, axis);
    double y = points.value(before);
    // With a gap on either side the triangle is one with the axis there.
    double left = Double.isFinite(y) ? y : 0;
    double right = Double.isFinite(next.y) ? next.y : left;
    int best = start;
    double most = -1;
    for (int i = start; i < end; i++) {
      double value = points.value(i);
      if (Double.isFinite(value)) {
        double area =
            Math.abs((x - next.x) * (value - left) - (x - points.place(i, axis)) * (right - left));
        if (area > most) {
          most = area;
          best = i;
        }
      }
    }
    return best;
  }
}
