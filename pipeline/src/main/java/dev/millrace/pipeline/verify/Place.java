package dev.millrace.pipeline.verify;

import java.util.Comparator;

/**
 * A place in one partition's order.
 *
 * @param epoch from 0
 * @param index how many sequences of the epoch the partition has before it, or {@link #END}
 */
record Place(int epoch, long index) implements Comparable<Place> {
  /** The index of an epoch's end, which is behind all its images. */
  static final long END = Long.MAX_VALUE;

  /** Before the first image. */
  static final Place NOTHING = new Place(0, -1);

  private static final Comparator<Place> ORDER =
      Comparator.comparingInt(Place::epoch).thenComparingLong(Place::index);

  static Place end(int epoch) {
    return new Place(epoch, END);
  }

  /** The earliest place behind this one. */
  Place next() {
    return index == END ? new Place(epoch + 1, 0) : new Place(epoch, index + 1);
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }
}
