package dev.millrace.augmenter;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A consumer that stays a member of its group but does not fetch from held partitions. Streams can
 * only be paused as a whole, and that would stop the validation images with the training images: a
 * trainer that waits for the former would never read the latter.
 */
final class HoldingConsumer extends KafkaConsumer<byte[], byte[]> {
  private final HeldPartitions held;
  private final Set<TopicPartition> paused = new HashSet<>();

  HoldingConsumer(Map<String, Object> config, HeldPartitions held) {
    super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.held = held;
  }

  /** Fetches from those partitions that are not held, as they are when it is called. */
  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    apply(held.get(), assignment());
    ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
    for (TopicPartition partition : records.partitions()) {
      held.read(partition, records.records(partition).size());
    }
    return records;
  }

  // Streams pauses and resumes partitions on its own account, by how many records it has buffered.
  // It may resume one that is held: hence pausing anew before each poll. Resuming one here that it
  // has paused costs it one more fetch's worth of memory at most.
  private void apply(Set<TopicPartition> now, Set<TopicPartition> assigned) {
    paused.retainAll(assigned);
    Set<TopicPartition> free = new HashSet<>(paused);
    free.removeAll(now);
    resume(free);
    paused.clear();
    paused.addAll(now);
    paused.retainAll(assigned);
    pause(paused);
  }
}
