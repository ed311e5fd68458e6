package dev.millrace.trainer;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A place in a tensors topic, between two images.
 *
 * @param epoch epoch of the next image, from 0
 * @param sequence the next image's place in that epoch, from 0
 * @param offsets offset to go on reading at, by partition
 */
record StreamPosition(int epoch, long sequence, SortedMap<Integer, Long> offsets) {
  /** Not known yet. */
  static final StreamPosition NOWHERE = beginning(Map.of());

  StreamPosition {
    offsets = Collections.unmodifiableSortedMap(new TreeMap<>(offsets));
  }

  /** The beginning of the first epoch. */
  static StreamPosition beginning(Map<Integer, Long> offsets) {
    return new StreamPosition(0, 0, new TreeMap<>(offsets));
  }

  StreamPosition withOffsets(Map<Integer, Long> others) {
    return new StreamPosition(epoch, sequence, new TreeMap<>(others));
  }

  /** The offsets by partition number as decimal text, as the schemas have them. */
  Map<String, Long> offsetsByText() {
    Map<String, Long> byText = new TreeMap<>();
    offsets.forEach((partition, offset) -> byText.put(Integer.toString(partition), offset));
    return byText;
  }

  static SortedMap<Integer, Long> offsetsOf(Map<String, Long> byText) {
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    byText.forEach((partition, offset) -> offsets.put(Integer.valueOf(partition), offset));
    return offsets;
  }
}
