package dev.millrace.augmenter;

import java.util.HashMap;
import java.util.Map;

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
   * How many more tensors each partition may have; 0 for those to hold.
   *
   * @param starts first offset of every partition
   * @param ends offset behind the newest record of every partition
   * @param positions where the slowest trainer goes on; what is missing counts from its start
   */
  Map<Integer, Long> room(
      Map<Integer, Long> starts, Map<Integer, Long> ends, Map<Integer, Long> positions) {
    Map<Integer, Long> room = new HashMap<>();
    long share = maxAheadBytes / Math.max(1, ends.size());
    ends.forEach((partition, end) -> {
      long start = starts.getOrDefault(partition, 0L);
      long position = Math.max(start, positions.getOrDefault(partition, start));
      long ahead = (end - position) * tensorBytes;
      // At least one, so that a share smaller than a tensor is none that nothing fits into.
      room.put(partition, ahead > share ? 0 : Math.max(1, (share - ahead) / tensorBytes));
    });
    return room;
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
