package dev.millrace.augmenter;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Up to where a group has done with the images. */
public final class CommittedOffsets {
  private final Admin admin;
  private final String group;
  private final Set<String> images = new HashSet<>();

  /**
   * Prepares the question; nothing is asked yet.
   *
   * @param admin stays the caller's to close
   * @param group the augmenters' group
   */
  public CommittedOffsets(Admin admin, String group, Topics topics) {
    this.admin = admin;
    this.group = group;
    for (Split split : Split.values()) {
      images.add(topics.images(split).name());
    }
  }

  /**
   * The offset behind the last one done, of each partition that the group has begun.
   *
   * @throws ExecutionException if the brokers refuse
   */
  public Map<TopicPartition, Long> read() throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    Map<TopicPartition, Long> committed = new HashMap<>();
    offsets.forEach((partition, offset) -> {
      if (offset != null && images.contains(partition.topic())) {
        committed.put(partition, offset.offset());
      }
    });
    return committed;
  }
}
