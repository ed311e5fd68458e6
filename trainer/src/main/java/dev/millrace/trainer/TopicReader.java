package dev.millrace.trainer;

import dev.millrace.schemas.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads a topic of one partition from its beginning to its present end, and on from there when
 * asked again. For one thread.
 *
 * @param <V> the type of the records' values
 */
final class TopicReader<V> implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  /** A record: its key and its value, which is null when the key was deleted. */
  record Entry<V>(String key, @Nullable V value, long offset) {}

  private final Consumer<String, ByteBuffer> consumer;
  private final Topic<V> topic;
  private final TopicPartition partition;

  TopicReader(Consumer<String, ByteBuffer> consumer, Topic<V> topic) {
    this.consumer = consumer;
    this.topic = topic;
    this.partition = new TopicPartition(topic.name(), 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  static <V> TopicReader<V> open(Supplier<Consumer<String, ByteBuffer>> consumers, Topic<V> topic) {
    return new TopicReader<>(consumers.get(), topic);
  }

  /** The records since the last call, up to the last committed one. */
  List<Entry<V>> readToEnd() {
    List<Entry<V>> entries = new ArrayList<>();
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<String, ByteBuffer> read : consumer.poll(POLL)) {
        entries.add(new Entry<>(keyOf(read), valueOf(read), read.offset()));
      }
    }
    return entries;
  }

  private static String keyOf(ConsumerRecord<String, ByteBuffer> read) {
    String key = read.key();
    return key == null ? "" : key;
  }

  private @Nullable V valueOf(ConsumerRecord<String, ByteBuffer> read) {
    ByteBuffer value = read.value();
    return value == null
        ? null
        : topic.serde().deserializer().deserialize(topic.name(), read.headers(), value);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
