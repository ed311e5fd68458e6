package dev.millrace.producer;

import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.tracing.ImageTraces;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records of any topic to chosen partitions, in transactions of a fraction of a second, so
 * that whatever stops the sending, readers see each partition's records without a gap: one record
 * that is refused leaves no later one behind. From its construction on no other sender of the same
 * transactional id can add anything, nor can what a killed one had under way. Belongs to one
 * thread.
 */
final class RecordSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecordSender.class);

  // A commit costs a few milliseconds; readers wait for it.
  private static final long COMMIT_NANOS = 200_000_000;

  private final Producer<String, byte[]> producer;
  private final ImageTraces traces = ImageTraces.ofProcess();
  private final String transactionalId;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private boolean open;
  private long openedAt;

  /**
   * Takes over from whoever publishes images of the share's partitions under a prefix: one at a
   * time may.
   *
   * @throws PublishException if the brokers do not allow it or do not answer
   */
  static RecordSender forProducer(
      Map<String, Object> kafka, Topics topics, ProducerShare share, int maxImageBytes) {
    RecordSender sender = new RecordSender(kafka, share.transactionalId(topics), maxImageBytes);
    try {
      new OtherShares(topics, share).stop(kafka);
      return sender;
    } catch (RuntimeException e) {
      sender.close();
      throw e;
    }
  }

  /**
   * Takes over from earlier senders.
   *
   * @throws PublishException if the brokers do not allow it or do not answer
   */
  RecordSender(Map<String, Object> kafka, String transactionalId, int maxImageBytes) {
    this.transactionalId = transactionalId;
    this.producer =
        new KafkaProducer<>(
            PublishingProperties.of(kafka, transactionalId, maxImageBytes),
            new StringSerializer(),
            new ByteArraySerializer());
    try {
      producer.initTransactions();
    } catch (InterruptException e) {
      producer.close();
      throw e;
    } catch (KafkaException e) {
      producer.close();
      throw failed(e);
    }
  }

  <V> void send(Topic<V> topic, int partition, String key, V value) {
    send(topic, partition, key, value, _ -> {});
  }

  <V> void send(Topic<V> topic, int partition, String key, V value, LongConsumer acknowledged) {
    byte[] encoded = topic.serde().serializer().serialize(topic.name(), value);
    sendEncoded(topic, partition, key, encoded, acknowledged);
  }

  /**
   * Sends one record.
   *
   * @param value encoded as the topic's are
   * @param acknowledged gets its offset, in another thread, before it is committed
   * @throws PublishException if this or an earlier record was refused
   */
  void sendEncoded(
      Topic<?> topic, int partition, String key, byte[] value, LongConsumer acknowledged) {
    guard(() -> {
      if (!open) {
        producer.beginTransaction();
        open = true;
        openedAt = System.nanoTime();
      }
      ProducerRecord<String, byte[]> record =
          new ProducerRecord<>(topic.name(), partition, key, value);
      // Of what is partitioned all but epochs' ends are images, and have a key.
      Span span =
          topic.partitioned() && !key.isEmpty()
              ? traces.publishing(key, topic.name(), partition, record.headers())
              : null;
      var _ =
          producer.send(
              record,
              (metadata, problem) -> {
                ImageTraces.end(span, problem == null ? null : problem.toString());
                if (problem == null) {
                  acknowledged.accept(metadata.offset());
                } else {
                  String text = "%s (%s)".formatted(problem.getMessage(), key);
                  failure.compareAndSet(null, new KafkaException(text, problem));
                }
              });
    });
  }

  /** Whether what was sent began a fraction of a second ago, and is not committed. */
  boolean isDue() {
    return open && System.nanoTime() - openedAt >= COMMIT_NANOS;
  }

  /** Commits what was sent, if that began a fraction of a second ago. */
  void commitWhenDue() {
    if (isDue()) {
      commit();
    }
  }

  /**
   * Commits what was sent; readers have it when this returns.
   *
   * @throws PublishException if any of it was refused: then they will see none of it
   */
  void commit() {
    if (open) {
      guard(producer::commitTransaction);
      open = false;
    }
  }

  /** Takes back what is not committed. */
  @Override
  public void close() {
    takeBack(failure.get());
    producer.close(Duration.ZERO);
  }

  private void takeBack(@Nullable Exception problem) {
    // Brokers that did not answer will not answer now; they forget the transaction in a minute.
    if (open && !isCausedBy(problem, TimeoutException.class) && !isFenced(problem)) {
      try {
        producer.abortTransaction();
      } catch (KafkaException e) {
        LOG.debug("Cannot take back what is not committed; the brokers will", e);
      }
    }
    open = false;
  }

  private void guard(Runnable call) {
    Exception problem = failure.get();
    if (problem != null) {
      throw failed(problem);
    }
    try {
      call.run();
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      takeBack(e); // waits for every record's answer
      failure.compareAndSet(null, e);
      Exception first = failure.get(); // the record's, which names it, rather than the call's
      throw failed(first == null ? e : first);
    }
  }

  private PublishException failed(Exception problem) {
    if (isFenced(problem)) {
      return new PublishException(
          ("Cannot go on publishing: another producer has begun to publish to the same topics"
                  + " (transactional id %s), and one at a time may, or several with the same N of"
                  + " --shard I/N; or the brokers have waited too long for this one, and the same"
                  + " command goes on")
              .formatted(transactionalId),
          problem);
    }
    if (isCausedBy(problem, RecordTooLargeException.class)) {
      return new PublishException(
          "Cannot publish: %s; lower --max-image-size or raise the topic's max.message.bytes"
              .formatted(problem.getMessage()),
          problem);
    }
    return new PublishException(
        "Cannot publish: %s; the same command goes on after the last record that was committed"
            .formatted(problem.getMessage()),
        problem);
  }

  /** Whether another sender has taken over. */
  static boolean isFenced(@Nullable Throwable problem) {
    return isCausedBy(problem, ProducerFencedException.class)
        || isCausedBy(problem, InvalidProducerEpochException.class)
        || isCausedBy(problem, InvalidTxnStateException.class);
  }

  /** Whether an exception is of a type, or one that it was caused by. */
  static boolean isCausedBy(@Nullable Throwable problem, Class<? extends Exception> cause) {
    for (Throwable at = problem; at != null; at = at.getCause()) {
      if (cause.isInstance(at)) {
        return true;
      }
    }
    return false;
  }
}
