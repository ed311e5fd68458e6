package dev.millrace.trainer;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The records of one partition that were fetched and not used yet. For one thread. */
final class PartitionQueue {
  private final TopicPartition partition;
  private final Deque<ConsumerRecord<String, ByteBuffer>> records = new ArrayDeque<>();
  private long bytes;
  private long nextOffset;
  private boolean paused;

  PartitionQueue(TopicPartition partition, long nextOffset) {
    this.partition = partition;
    this.nextOffset = nextOffset;
  }

  TopicPartition partition() {
    return partition;
  }

  void add(ConsumerRecord<String, ByteBuffer> fetched) {
    records.add(fetched);
    bytes += size(fetched);
  }

  @Nullable ConsumerRecord<String, ByteBuffer> peek() {
    return records.peek();
  }

  /** Takes the first record away: reading goes on behind it. */
  void remove() {
    ConsumerRecord<String, ByteBuffer> first = records.remove();
    bytes -= size(first);
    nextOffset = first.offset() + 1;
  }

  /** Offset behind the last record taken away. */
  long nextOffset() {
    return nextOffset;
  }

  int size() {
    return records.size();
  }

  long bytes() {
    return bytes;
  }

  boolean paused() {
    return paused;
  }

  void paused(boolean value) {
    paused = value;
  }

  static int size(ConsumerRecord<String, ByteBuffer> fetched) {
    return Math.max(fetched.serializedValueSize(), 0);
  }
}
