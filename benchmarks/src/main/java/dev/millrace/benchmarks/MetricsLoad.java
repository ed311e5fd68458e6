package dev.millrace.benchmarks;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Publishes metrics as trainers do, only more of them. */
final class MetricsLoad implements AutoCloseable {
  private static final double BILLION = 1e9;

  private final String topic;
  private final Serializer<TrainingMetric> serializer;
  private final KafkaProducer<String, byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  MetricsLoad(Topics topics, String servers) {
    this.topic = topics.metrics().name();
    this.serializer = topics.metrics().serde().serializer();
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers, "enable.idempotence", true, "linger.ms", 5),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /** Publishes a record of a run. */
  void publish(String run, long step, Map<String, Double> values) {
    TrainingMetric metric =
        new TrainingMetric(run, step, 0, Split.TRAIN, Instant.now(), values, "");
    var _ =
        producer.send(
            new ProducerRecord<>(topic, run, serializer.serialize(topic, metric)),
            (_, thrown) -> failure.compareAndSet(null, thrown));
  }

  /**
   * Publishes records of runs by turns at a rate, and waits until the broker has them.
   *
   * @param runs their number; they are called {@code run-0} and so on, and step from 1
   * @param perSecond records a second, over all runs
   * @return records published
   */
  long publish(int runs, int perSecond, int seconds) {
    long begun = System.nanoTime();
    long records = (long) perSecond * seconds;
    for (long i = 0; i < records; i++) {
      long due = begun + (long) (i * (BILLION / perSecond));
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      publish("run-" + i % runs, 1 + i / runs, values(i));
    }
    flush();
    return records;
  }

  // As a trainer's: floats that became doubles, shares of a minibatch, quotients.
  private static Map<String, Double> values(long i) {
    return Map.of(
        "loss", (double) (float) (7 / Math.sqrt(1.0 + i)),
        "top1_error", i % 128 / 128.0,
        "top5_error", i % 64 / 128.0,
        "learning_rate", 0.01,
        "images_per_second", 128_000 / (90.0 + i % 17));
  }

  /**
   * Waits until the broker has all.
   *
   * @throws KafkaException if it has not
   */
  void flush() {
    producer.flush();
    Exception thrown = failure.get();
    if (thrown != null) {
      throw new KafkaException("A metric was not published", thrown);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
