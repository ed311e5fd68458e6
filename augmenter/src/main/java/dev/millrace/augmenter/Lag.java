package dev.millrace.augmenter;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * How far behind the augmenters are, in offsets: those of transactions' markers count until they
 * are passed. What a consumer knows of its own lag is as old as its last fetch, and from a
 * partition that is held back none comes.
 */
final class Lag {
  private final Admin admin;

  Lag(Admin admin) {
    this.admin = admin;
  }

  /**
   * The lags now.
   *
   * @param partitions of which partitions
   * @param committed where the augmenters go on; where it is missing they begin with the first
   *     record
   * @throws ExecutionException if the brokers refuse
   */
  Map<TopicPartition, Long> of(Set<TopicPartition> partitions, Map<TopicPartition, Long> committed)
      throws ExecutionException, InterruptedException {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    Map<TopicPartition, Long> starts = offsets(partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> lags = new HashMap<>();
    offsets(partitions, OffsetSpec.latest())
        .forEach((partition, end) -> {
          long start = starts.getOrDefault(partition, 0L);
          long next = Math.max(start, committed.getOrDefault(partition, start));
          lags.put(partition, Math.max(0, end - next));
        });
    return lags;
  }

  private Map<TopicPartition, Long> offsets(Set<TopicPartition> partitions, OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(partition -> wanted.put(partition, spec));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    admin
        .listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
        .all()
        .get()
        .forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }
}
