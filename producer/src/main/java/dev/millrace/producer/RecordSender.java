package dev.millrace.producer;

import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends records of any topic to chosen partitions, each once and in order (idempotent, acks=all). A
 * failure shows at the next call.
 */
final class RecordSender implements AutoCloseable {
  private final Producer<String, byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  RecordSender(Map<String, Object> kafka, int maxImageBytes) {
    int maxRecord = Topics.maxRecordBytes(new TopicSettings(1, (short) 1, maxImageBytes));
    Map<String, Object> properties = new HashMap<>();
    // Batches of 1 MiB halve the cost of a record of 100 KB; compressing JPEG only costs.
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 20);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 10);
    properties.put(ProducerConfig.SEND_BUFFER_CONFIG, 1 << 20);
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(64 << 20, 2L * maxRecord));
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 120_000);
    properties.put(ProducerConfig.CLIENT_ID_CONFIG, "millrace-producer");
    properties.putAll(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRecord);
    producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
  }

  <V> void send(Topic<V> topic, int partition, String key, V value) {
    send(topic, partition, key, value, _ -> {});
  }

  /** Sends one record; {@code acknowledged} gets its offset, in another thread. */
  <V> void send(Topic<V> topic, int partition, String key, V value, LongConsumer acknowledged) {
    check();
    byte[] bytes = topic.serde().serializer().serialize(topic.name(), value);
    var _ =
        producer.send(
            new ProducerRecord<>(topic.name(), partition, key, bytes),
            (metadata, problem) -> {
              if (problem == null) {
                acknowledged.accept(metadata.offset());
              } else {
                failure.compareAndSet(null, problem);
              }
            });
  }

  /** Waits until the brokers have everything. */
  void flush() {
    producer.flush();
    check();
  }

  @Override
  public void close() {
    producer.close();
  }

  private void check() {
    Exception problem = failure.get();
    if (problem != null) {
      throw new PublishException(
          "Cannot publish: %s; the same command goes on after the last record that the brokers have"
              .formatted(problem.getMessage()),
          problem);
    }
  }
}
