package dev.millrace.dashboard.history;

import java.util.List;

/**
 * A series' points as they were at a moment. Fast where they are read nearly in order; for one
 * thread.
 */
final class Points {
  private final Chunk[] chunks;
  private final int[] starts; // of each chunk, and the end
  private int at;

  Points(List<Chunk> chunks) {
    this.chunks = chunks.toArray(Chunk[]::new);
    this.starts = new int[this.chunks.length + 1];
    for (int i = 0; i < this.chunks.length; i++) {
      starts[i + 1] = starts[i] + this.chunks[i].count();
    }
  }

  int size() {
    return starts[chunks.length];
  }

  long step(int index) {
    Chunk chunk = chunk(index);
    return chunk.step(index - starts[at]);
  }

  long time(int index) {
    Chunk chunk = chunk(index);
    return chunk.time(index - starts[at]);
  }

  double value(int index) {
    Chunk chunk = chunk(index);
    return chunk.value(index - starts[at]);
  }

  /** The place on an axis. */
  long place(int index, Axis axis) {
    return axis == Axis.STEP ? step(index) : time(index);
  }

  /** The first point whose place on an axis is at least this one; the size if there is none. */
  int firstFrom(long place, Axis axis) {
    int low = 0;
    int high = size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (place(middle, axis) < place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private Chunk chunk(int index) {
    if (index < starts[at] || index >= starts[at + 1]) {
      seek(index);
    }
    return chunks[at];
  }

  private void seek(int index) {
    int low = 0;
    int high = chunks.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (starts[middle] <= index) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    at = low;
  }
}
