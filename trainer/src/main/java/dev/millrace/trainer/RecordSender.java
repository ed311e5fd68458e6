package dev.millrace.trainer;

import dev.millrace.schemas.Topic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes single records without waiting for each. A record that could not be published makes the
 * next call throw, so that none is lost unnoticed. Safe for use by several threads.
 */
final class RecordSender implements AutoCloseable {
  private final Producer<String, byte[]> producer;
  private volatile @Nullable KafkaException failure;

  RecordSender(Producer<String, byte[]> producer) {
    this.producer = producer;
  }

  /**
   * Publishes a record.
   *
   * @throws KafkaException if this or an earlier record cannot be published
   */
  <V> void send(Topic<V> topic, String key, V value) {
    send(topic, 0, key, value);
  }

  /** As {@link #send(Topic, String, Object)}, to a given partition. */
  <V> void send(Topic<V> topic, int partition, String key, V value) {
    throwFailure();
    byte[] bytes = topic.serde().serializer().serialize(topic.name(), value);
    var _ =
        producer.send(
            new ProducerRecord<>(topic.name(), partition, key, bytes),
            (_, e) -> {
              if (e != null) {
                failure = new KafkaException("Cannot publish a record to " + topic.name(), e);
              }
            });
  }

  /**
   * Waits until every record is written.
   *
   * @throws KafkaException if one could not be published
   */
  void flush() {
    producer.flush();
    throwFailure();
  }

  private void throwFailure() {
    KafkaException found = failure;
    if (found != null) {
      throw found;
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
