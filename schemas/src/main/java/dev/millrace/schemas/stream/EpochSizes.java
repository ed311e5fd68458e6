package dev.millrace.schemas.stream;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** How many images epochs have, as far as their ends have been seen. For one thread. */
public final class EpochSizes {
  private final NavigableMap<Integer, Long> known = new TreeMap<>();

  /** The end of an epoch tells its number of images. */
  public void put(int epoch, long images) {
    known.put(epoch, images);
  }

  /** Whether an epoch's number of images is known. */
  public boolean knows(int epoch) {
    return known.containsKey(epoch);
  }

  /**
   * The number of images; where it is not known, that of the nearest earlier epoch, otherwise of
   * the nearest later one, otherwise 0.
   */
  public long of(int epoch) {
    Map.Entry<Integer, Long> nearest = known.floorEntry(epoch);
    nearest = nearest == null ? known.ceilingEntry(epoch) : nearest;
    return nearest == null ? 0 : nearest.getValue();
  }

  /** Forgets all epochs before one, but for the last of them. */
  public void forget(int before) {
    Integer last = known.lowerKey(before);
    if (last != null) {
      known.headMap(last, false).clear();
    }
  }
}
