package dev.millrace.augmenter;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * How much may be read of partitions of the images topics at the moment. Set by flow control each
 * time that it has looked at the topics, obeyed by every consumer of this augmenter, which say in
 * turn what they have read: so that a partition stops at its limit, and not as late as the next
 * look.
 */
final class HeldPartitions {
  private final LongSupplier clock;
  private final Map<TopicPartition, Allowance> allowances = new HashMap<>();
  private Set<TopicPartition> held = Set.of();
  private boolean known;
  private long since;
  private long nanosBefore;

  /**
   * What may be read of a partition.
   *
   * @param left records that may still be read
   * @param read records that were read since it was set
   */
  private record Allowance(long left, long read) {}

  /**
   * None is held.
   *
   * @param clock tells the time in nanoseconds, from any origin, as {@link System#nanoTime} does
   */
  HeldPartitions(LongSupplier clock) {
    this.clock = clock;
    this.since = clock.getAsLong();
  }

  /** The partitions that are not to be read now. */
  synchronized Set<TopicPartition> get() {
    return held;
  }

  /** Holds partitions until it is known how much may be read of them; that is no holding back. */
  synchronized void await(Set<TopicPartition> partitions) {
    partitions.forEach(partition -> allowances.put(partition, new Allowance(0, 0)));
    hold();
  }

  /**
   * Sets how many more records each partition has room for behind it. What was read since this was
   * called before may not have come there yet, and is taken off. Other partitions are never held.
   */
  synchronized void allow(Map<TopicPartition, Long> room) {
    room.forEach((partition, records) ->
        allowances.merge(
            partition,
            new Allowance(records, 0),
            (before, now) -> new Allowance(now.left - before.read, 0)));
    hold();
    known = true;
  }

  /** Takes records off that were read of a partition. */
  synchronized void read(TopicPartition partition, int records) {
    Allowance now =
        allowances.computeIfPresent(
            partition, (_, before) -> new Allowance(before.left - records, before.read + records));
    if (now != null && now.left <= 0) {
      hold();
    }
  }

  /** For how long at least one partition has been held back so far, in nanoseconds. */
  synchronized long nanos() {
    return held.isEmpty() || !known ? nanosBefore : nanosBefore + clock.getAsLong() - since;
  }

  private void hold() {
    nanosBefore = nanos();
    since = clock.getAsLong();
    held =
        allowances.entrySet().stream()
            .filter(entry -> entry.getValue().left <= 0)
            .map(Map.Entry::getKey)
            .collect(Collectors.toUnmodifiableSet());
  }
}
