package dev.millrace.dashboard.history;

import java.util.ArrayList;
import java.util.List;

/** One value over the steps, in order of the steps. For one thread, or under its owner's lock. */
final class Series {
  private static final int OVERHEAD_BYTES = 200;

  private final List<Chunk> chunks = new ArrayList<>();
  private int size;
  private long bytes = OVERHEAD_BYTES;

  /**
   * Adds a point.
   *
   * @param step behind every step so far
   * @param time epoch milliseconds
   * @return bytes that this takes more than before
   */
  long add(long step, long time, double value) {
    long before = bytes;
    Chunk last = chunks.isEmpty() ? null : chunks.getLast();
    if (last == null || !last.reaches(step, time) || last.count() == Chunk.MOST) {
      last = Chunk.behind(size, step, time);
      chunks.add(last);
      bytes += last.bytes();
    } else if (last.isFull()) {
      bytes -= last.bytes();
      last = last.larger();
      bytes += last.bytes();
      chunks.set(chunks.size() - 1, last);
    }
    last.add(step, time, value);
    size++;
    return bytes - before;
  }

  /**
   * Forgets the points from a step on.
   *
   * @return bytes that are free
   */
  long removeFrom(long step) {
    long before = bytes;
    while (!chunks.isEmpty() && chunks.getLast().step(0) >= step) {
      Chunk removed = chunks.removeLast();
      size -= removed.count();
      bytes -= removed.bytes();
    }
    if (!chunks.isEmpty()) {
      Chunk last = chunks.getLast();
      int kept = last.before(step);
      if (kept < last.count()) {
        size -= last.count() - kept;
        chunks.set(chunks.size() - 1, last.first(kept));
      }
    }
    return before - bytes;
  }

  /** Leaves half of its older half, as that is seen best in a line. */
  void thin() {
    Points points = points();
    int older = size / 2;
    int[] kept = Lttb.choose(points, 0, older, Math.max(Lttb.LEAST, older / 2), Axis.STEP);
    Series thinned = new Series();
    for (int index : kept) {
      thinned.add(points.step(index), points.time(index), points.value(index));
    }
    for (int index = older; index < size; index++) {
      thinned.add(points.step(index), points.time(index), points.value(index));
    }
    chunks.clear();
    chunks.addAll(thinned.chunks);
    size = thinned.size;
    bytes = thinned.bytes;
  }

  /** Its points as they are now, for any thread that gets them safely. */
  Points points() {
    return new Points(chunks);
  }

  int size() {
    return size;
  }

  /** Memory that it takes. */
  long bytes() {
    return bytes;
  }
}
