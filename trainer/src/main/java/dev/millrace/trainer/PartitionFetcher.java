package dev.millrace.trainer;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Fetches every partition of a topic into a queue of its own and pauses those that are far enough
 * ahead, so that one slow partition does not fill the memory with the others' records. The heap
 * holds at most three times {@link KafkaClients#READ_AHEAD_BYTES} of them: what is queued, the
 * fetch that went over the limit, and the one that the consumer holds (more only beyond 64
 * partitions, 3 MiB each). For one thread; owns the consumer.
 */
final class PartitionFetcher implements TensorRecords {
  private final Consumer<String, ByteBuffer> consumer;
  private final SortedMap<Integer, PartitionQueue> queues = new TreeMap<>();
  private final long mostBytesQueued;

  /**
   * Assigns the partitions and goes to their offsets.
   *
   * @param offsets where to start, for each partition that is to be read
   */
  PartitionFetcher(
      Consumer<String, ByteBuffer> consumer, String topic, SortedMap<Integer, Long> offsets) {
    this.consumer = consumer;
    this.mostBytesQueued = KafkaClients.bytesAPartition(offsets.size());
    offsets.forEach((partition, offset) ->
        queues.put(partition, new PartitionQueue(new TopicPartition(topic, partition), offset)));
    consumer.assign(queues.values().stream().map(PartitionQueue::partition).toList());
    for (PartitionQueue queue : queues.values()) {
      consumer.seek(queue.partition(), queue.nextOffset());
    }
  }

  @Override
  public int partitions() {
    return queues.size();
  }

  @Override
  public @Nullable TensorRecord peek(int partition) {
    ConsumerRecord<String, ByteBuffer> first = queue(partition).peek();
    return first == null ? null : new TensorRecord.Value(first, PartitionQueue.size(first));
  }

  @Override
  public void remove(int partition) {
    queue(partition).remove();
  }

  @Override
  public void prefetch() {
    poll(Duration.ZERO);
  }

  @Override
  public void await(int partition, Duration most) {
    poll(most);
  }

  @Override
  public int ready() {
    return queues.values().stream().mapToInt(PartitionQueue::size).sum();
  }

  /** What was fetched of a partition. */
  PartitionQueue queue(int partition) {
    PartitionQueue queue = queues.get(partition);
    if (queue == null) {
      throw new IllegalArgumentException("Partition %d is not read here".formatted(partition));
    }
    return queue;
  }

  @Override
  public SortedMap<Integer, Long> nextOffsets() {
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    for (PartitionQueue queue : queues.values()) {
      offsets.put(queue.partition().partition(), queue.nextOffset());
    }
    return offsets;
  }

  // Queues what has arrived; waits at most so long for something to arrive.
  private void poll(Duration most) {
    for (ConsumerRecord<String, ByteBuffer> fetched : consumer.poll(most)) {
      queue(fetched.partition()).add(fetched);
    }
    for (PartitionQueue queue : queues.values()) {
      if (!queue.paused() && queue.bytes() >= mostBytesQueued) {
        consumer.pause(List.of(queue.partition()));
        queue.paused(true);
      } else if (queue.paused() && queue.bytes() < mostBytesQueued / 2) {
        consumer.resume(List.of(queue.partition()));
        queue.paused(false);
      }
    }
  }

  @Override
  public void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
