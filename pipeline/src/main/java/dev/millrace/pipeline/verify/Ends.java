package dev.millrace.pipeline.verify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Where reading ends, which is before the first transaction that is open.
 *
 * <p>A transaction's markers reach its partitions one after another. So that a reader that has seen
 * one partition's part of a transaction finds the others' in theirs, the ends are those at which
 * all that is written now is either committed or taken back. That takes a moment while services
 * run; a process that was killed may leave a transaction open for a minute.
 *
 * @param offsets the offset to stop before, by partition
 * @param unsettled the partitions where a transaction stayed open
 */
record Ends(Map<TopicPartition, Long> offsets, Set<TopicPartition> unsettled) {
  private static final Duration PATIENCE = Duration.ofSeconds(25);
  private static final Duration LOOK = Duration.ofMillis(50);

  Ends {
    offsets = Map.copyOf(offsets);
    unsettled = Set.copyOf(unsettled);
  }

  /**
   * Looks them up.
   *
   * @param consumer reads committed records only
   * @throws KafkaException if the brokers do not answer
   */
  static Ends settled(Admin admin, Consumer<?, ?> consumer, List<TopicPartition> partitions)
      throws InterruptedException {
    Map<TopicPartition, Long> written = written(admin, partitions);
    Map<TopicPartition, Long> ends = new HashMap<>();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<TopicPartition> open = new ArrayList<>(partitions);
    while (true) {
      ends.putAll(consumer.endOffsets(open));
      open.removeIf(partition -> end(ends, partition) >= end(written, partition));
      if (open.isEmpty() || System.nanoTime() > deadline) {
        return new Ends(ends, Set.copyOf(open));
      }
      Thread.sleep(LOOK);
    }
  }

  /** The offset to stop before. */
  long of(TopicPartition partition) {
    return end(offsets, partition);
  }

  private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
    return ends.getOrDefault(partition, 0L);
  }

  // What is not committed yet is counted.
  private static Map<TopicPartition, Long> written(Admin admin, List<TopicPartition> partitions)
      throws InterruptedException {
    try {
      return admin
          .listOffsets(
              partitions.stream().collect(Collectors.toMap(p -> p, _ -> OffsetSpec.latest())))
          .all()
          .get()
          .entrySet()
          .stream()
          .collect(Collectors.toMap(Map.Entry::getKey, found -> offset(found.getValue())));
    } catch (ExecutionException e) {
      throw new KafkaException("Cannot read the ends of %s: %s".formatted(partitions, e), e);
    }
  }

  private static long offset(ListOffsetsResultInfo found) {
    return found.offset();
  }
}
