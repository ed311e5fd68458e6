package dev.millrace.trainer.flow;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** How many images epochs have, as far as their ends have been seen. For one thread. */
final class EpochSizes {
  private final NavigableMap<Integer, Long> known = new TreeMap<>();

  void put(int epoch, long images) {
    known.put(epoch, images);
  }

  boolean knows(int epoch) {
    return known.containsKey(epoch);
  }

  /**
   * The number of images; where it is not known, that of the nearest earlier epoch, otherwise of
   * the nearest later one, otherwise 0.
   */
  long of(int epoch) {
    Map.Entry<Integer, Long> nearest = known.floorEntry(epoch);
    nearest = nearest == null ? known.ceilingEntry(epoch) : nearest;
    return nearest == null ? 0 : nearest.getValue();
  }

  /** Forgets all epochs before one, but for the last of them. */
  void forget(int before) {
    Integer last = known.lowerKey(before);
    if (last != null) {
      known.headMap(last, false).clear();
    }
  }
}
