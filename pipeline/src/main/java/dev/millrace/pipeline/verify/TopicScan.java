package dev.millrace.pipeline.verify;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * Reads a topic's committed records from its beginning to where it ends now. Records may be deleted
 * from the front meanwhile: reading goes on behind them. Holds one fetch of {@link #FETCH_BYTES} or
 * two in memory.
 */
final class TopicScan implements AutoCloseable {
  private static final int FETCH_BYTES = 32 << 20;
  private static final int PARTITION_FETCH_BYTES = 4 << 20;
  private static final int FETCH_WAIT_MILLIS = 10;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final Consumer<ByteBuffer, ByteBuffer> consumer;
  private final String topic;
  private final List<TopicPartition> partitions;
  private final Set<TopicPartition> unsettled;
  private final Map<TopicPartition, Long> left = new HashMap<>();
  private long records;

  /**
   * Looks up where the topic ends now.
   *
   * @throws KafkaException if the brokers do not answer
   */
  TopicScan(Map<String, Object> kafka, Admin admin, String topic) throws InterruptedException {
    this.topic = topic;
    this.consumer = consumer(kafka);
    this.partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    Ends ends = Ends.settled(admin, consumer, partitions);
    this.unsettled = ends.unsettled();
    partitions.forEach(partition -> left.put(partition, ends.of(partition)));
  }

  /** The partitions whose end an open transaction hides. */
  Set<TopicPartition> unsettled() {
    return unsettled;
  }

  /**
   * Reads it.
   *
   * @param progress told of the number of records read so far, often
   * @throws KafkaException if the brokers do not answer
   */
  void run(RecordSink sink, LongConsumer progress) {
    consumer.assign(partitions);
    begin(partitions, sink);
    long heardAt = System.nanoTime();
    while (!left.isEmpty()) {
      ConsumerRecords<ByteBuffer, ByteBuffer> found = poll(sink);
      found.forEach(record -> take(record, sink));
      if (leaveFinished() || !found.isEmpty()) {
        heardAt = System.nanoTime();
      } else if (System.nanoTime() - heardAt > LONGEST_SILENCE.toNanos()) {
        throw new KafkaException(
            "Cannot read on in %s: nothing has come for %d s; are its brokers up?"
                .formatted(left.keySet(), LONGEST_SILENCE.toSeconds()));
      }
      progress.accept(records);
    }
  }

  private ConsumerRecords<ByteBuffer, ByteBuffer> poll(RecordSink sink) {
    try {
      return consumer.poll(POLL);
    } catch (OffsetOutOfRangeException e) {
      begin(e.partitions(), sink);
      return ConsumerRecords.empty();
    }
  }

  private void begin(Collection<TopicPartition> where, RecordSink sink) {
    consumer
        .beginningOffsets(where)
        .forEach((partition, offset) -> {
          consumer.seek(partition, offset);
          sink.begin(partition.partition(), offset);
        });
  }

  private void take(ConsumerRecord<ByteBuffer, ByteBuffer> record, RecordSink sink) {
    Long end = left.get(new TopicPartition(record.topic(), record.partition()));
    if (end != null && record.offset() < end) {
      records++;
      sink.take(record);
    }
  }

  // The last offsets may be those of a transaction's marker: the position tells, not the records.
  private boolean leaveFinished() {
    List<TopicPartition> finished = new ArrayList<>();
    left.forEach((partition, end) -> {
      if (consumer.position(partition) >= end) {
        finished.add(partition);
      }
    });
    consumer.pause(finished);
    finished.forEach(left::remove);
    return !finished.isEmpty();
  }

  private static Consumer<ByteBuffer, ByteBuffer> consumer(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    properties.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES);
    // All that is looked for is there: a fetch that waits for more only delays the end.
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    return new KafkaConsumer<>(
        properties, new ByteBufferDeserializer(), new ByteBufferDeserializer());
  }

  @Override
  public void close() {
    consumer.close();
  }

  @Override
  public String toString() {
    return topic;
  }
}
