package dev.millrace.trainer.flow;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the dead letters from the topic's beginning on, a piece at a time. For one thread. */
final class LetterReader {
  private static final Logger LOG = LoggerFactory.getLogger(LetterReader.class);
  private static final long MOST_BYTES = 16L << 20;
  private static final Duration POLL = Duration.ofMillis(100);

  private final Consumer<?, ByteBuffer> consumer;
  private final Topic<DeadLetter> topic;
  private final TopicPartition partition;
  private final LetterCount letters;

  /**
   * Reads nothing yet.
   *
   * @param consumer reads committed records and is of no group; stays the caller's to close
   */
  LetterReader(Consumer<?, ByteBuffer> consumer, Topic<DeadLetter> topic, LetterCount letters) {
    this.consumer = consumer;
    this.topic = topic;
    this.partition = new TopicPartition(topic.name(), 0);
    this.letters = letters;
    consumer.assign(List.of(partition));
    consumer.seek(partition, 0);
  }

  /**
   * Reads on to the present end, or as many bytes as may be read at once.
   *
   * @return whether the end was reached
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer until the deadline
   */
  boolean readOn(long deadline) {
    Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    long begin = consumer.beginningOffsets(List.of(partition), left).getOrDefault(partition, 0L);
    if (consumer.position(partition) < begin) {
      consumer.seek(partition, begin); // someone has deleted letters
    }
    long end = consumer.endOffsets(List.of(partition), left).getOrDefault(partition, 0L);
    long bytes = 0;
    while (consumer.position(partition) < end) {
      if (bytes >= MOST_BYTES) {
        return false;
      }
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("Cannot read %s in time".formatted(partition));
      }
      for (ConsumerRecord<?, ByteBuffer> record : consumer.poll(POLL)) {
        bytes += Math.max(0, record.serializedValueSize());
        read(record);
      }
    }
    return true;
  }

  private void read(ConsumerRecord<?, ByteBuffer> record) {
    ByteBuffer value = record.value();
    try {
      if (value != null) {
        letters.read(
            topic.serde().deserializer().deserialize(topic.name(), record.headers(), value));
      }
    } catch (SerializationException e) {
      LOG.debug("Left out {}@{}: cannot be read", partition, record.offset(), e);
    }
  }
}
