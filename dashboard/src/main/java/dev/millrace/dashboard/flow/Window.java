package dev.millrace.dashboard.flow;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/**
 * A count over the latest ten seconds, as it was at each look. Holds 64 looks at most. For one
 * thread.
 */
final class Window {
  private static final double SECOND = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_NANOS = Duration.ofSeconds(11).toNanos();
  private static final int MOST = 64;

  private final Deque<Seen> seen = new ArrayDeque<>();

  private record Seen(long nanos, long count) {}

  /** The count is now so much. Looks of more than ten seconds ago go. */
  void add(long nanos, long count) {
    seen.add(new Seen(nanos, count));
    while (seen.size() > MOST || nanos - seen.getFirst().nanos > LONGEST_NANOS) {
      seen.removeFirst();
    }
  }

  /** Its growth in a second; empty before the second look. */
  OptionalDouble perSecond() {
    if (seen.size() < 2) {
      return OptionalDouble.empty();
    }
    Seen first = seen.getFirst();
    Seen last = seen.getLast();
    double seconds = (last.nanos - first.nanos) / SECOND;
    return OptionalDouble.of((last.count - first.count) / Math.max(seconds, 1 / SECOND));
  }
}
