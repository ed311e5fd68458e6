package dev.millrace.augmenter;

import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions of the images topics that are not read at the moment. Set by flow control, obeyed
 * by every consumer of this augmenter.
 */
final class HeldPartitions {
  private volatile Set<TopicPartition> held = Set.of();

  Set<TopicPartition> get() {
    return held;
  }

  void set(Set<TopicPartition> partitions) {
    held = Set.copyOf(partitions);
  }
}
