package dev.millrace.pipeline.verify;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Up to where a consumer group has done with its topics. */
final class CommittedOffsets {
  private CommittedOffsets() {}

  /**
   * The offset behind the last one done, of each partition that the group has begun.
   *
   * @throws KafkaException if the brokers refuse
   */
  static Map<TopicPartition, Long> read(Admin admin, String group) throws InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> offsets;
    try {
      offsets = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    } catch (ExecutionException e) {
      throw new KafkaException(
          "Cannot read the committed offsets of group %s: %s".formatted(group, e.getCause()), e);
    }
    Map<TopicPartition, Long> committed = new HashMap<>();
    offsets.forEach((partition, offset) -> {
      if (offset != null) {
        committed.put(partition, offset.offset());
      }
    });
    return committed;
  }
}
