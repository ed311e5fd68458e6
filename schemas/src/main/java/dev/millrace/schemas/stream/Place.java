package dev.millrace.schemas.stream;

import java.util.Comparator;

/**
 * A place in the order of the images, between two of them.
 *
 * @param epoch epoch of the image behind it, from 0
 * @param sequence that image's place in its epoch, from 0
 */
public record Place(int epoch, long sequence) implements Comparable<Place> {
  private static final Comparator<Place> ORDER =
      Comparator.comparingInt(Place::epoch).thenComparingLong(Place::sequence);

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  /** The one that comes later in the order. */
  public static Place later(Place one, Place other) {
    return one.compareTo(other) < 0 ? other : one;
  }
}
