package dev.millrace.augmenter;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The rule of holding back: a partition of tensors waits while its newest record is more than its
 * share of the limit ahead of the slowest trainer. Each partition has its own share, so one that
 * waits has records for the trainers to go on with, and no two can wait for each other.
 */
final class HoldBack {
  private final long maxAheadBytes;
  private final int tensorBytes;

  /**
   * Makes the rule.
   *
   * @param maxAheadBytes the limit over all partitions
   * @param tensorBytes size of one tensor
   */
  HoldBack(long maxAheadBytes, int tensorBytes) {
    this.maxAheadBytes = maxAheadBytes;
    this.tensorBytes = tensorBytes;
  }

  /**
   * The partitions to hold.
   *
   * @param starts first offset of every partition
   * @param ends offset behind the newest record of every partition
   * @param positions where the slowest trainer goes on; what is missing counts from its start
   */
  Set<Integer> held(
      Map<Integer, Long> starts, Map<Integer, Long> ends, Map<Integer, Long> positions) {
    Set<Integer> held = new HashSet<>();
    long share = maxAheadBytes / Math.max(1, ends.size());
    ends.forEach((partition, end) -> {
      long start = starts.getOrDefault(partition, 0L);
      long position = Math.max(start, positions.getOrDefault(partition, start));
      if ((end - position) * tensorBytes > share) {
        held.add(partition);
      }
    });
    return held;
  }

  /**
   * The smaller of two trainers' positions, partition by partition; missing where one of them has
   * none.
   */
  static Map<Integer, Long> slower(Map<Integer, Long> one, Map<Integer, Long> other) {
    Map<Integer, Long> slower = new HashMap<>();
    one.forEach((partition, position) -> {
      if (other.containsKey(partition)) {
        slower.put(partition, Math.min(position, other.getOrDefault(partition, 0L)));
      }
    });
    return slower;
  }
}
