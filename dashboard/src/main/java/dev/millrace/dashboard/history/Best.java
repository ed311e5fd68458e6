package dev.millrace.dashboard.history;

import org.jspecify.annotations.Nullable;

/**
 * The lowest value of a series.
 *
 * @param value the value
 * @param step where it was measured first
 */
record Best(double value, long step) {
  /** The lowest of some points; null where there is none. */
  static @Nullable Best of(@Nullable Points points) {
    Best best = null;
    for (int i = 0; points != null && i < points.size(); i++) {
      double value = points.value(i);
      if (Double.isFinite(value) && (best == null || value < best.value)) {
        best = new Best(value, points.step(i));
      }
    }
    return best;
  }
}
