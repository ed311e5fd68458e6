package dev.millrace.pipeline.metrics;

import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TrainingMetric;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics topic, read from its beginning, a few records at a time: Kafka's client holds one
 * fetch of 50 MiB at most ({@code fetch.max.bytes}). Belongs to no consumer group. For one thread,
 * but for {@link #stop}.
 */
public final class MetricsLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsLog.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final Topic<TrainingMetric> topic;
  private final TopicPartition partition;
  private final KafkaConsumer<String, byte[]> consumer;
  private long complainedOf = -1;
  private volatile boolean stopped;

  /** Takes the records. */
  @FunctionalInterface
  public interface Batches {
    /** The next few, in the topic's order. */
    void take(List<TrainingMetric> batch) throws IOException;
  }

  /**
   * Connects.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   */
  public MetricsLog(Map<String, Object> kafka, Topic<TrainingMetric> topic) {
    this.topic = topic;
    this.partition = new TopicPartition(topic.name(), 0);
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    this.consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    consumer.assign(List.of(partition));
  }

  /**
   * Where the topic ends now.
   *
   * @throws KafkaException if the brokers do not answer
   */
  public long end() {
    return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  /**
   * Reads from the beginning to an end, or until it is told to {@linkplain #stop stop}.
   *
   * @throws KafkaException if the brokers give nothing for a minute
   * @throws IOException if the batches' taker throws one
   */
  public void readTo(long end, Batches batches) throws IOException {
    consumer.seekToBeginning(List.of(partition));
    long position = consumer.position(partition);
    long movedAt = System.nanoTime();
    while (!stopped && position < end) {
      poll(record -> record.offset() < end, batches);
      long now = consumer.position(partition);
      if (now != position) {
        position = now;
        movedAt = System.nanoTime();
      } else if (System.nanoTime() - movedAt > LONGEST_SILENCE.toNanos()) {
        throw new KafkaException(
            "The brokers have given nothing of topic %s for %d s: stopped at offset %d of %d"
                .formatted(topic, LONGEST_SILENCE.toSeconds(), position, end));
      }
    }
  }

  /**
   * Reads from the beginning and goes on as records come, until it is told to stop.
   *
   * @throws IOException if the batches' taker throws one
   */
  public void follow(Batches batches) throws IOException {
    consumer.seekToBeginning(List.of(partition));
    while (!stopped) {
      poll(_ -> true, batches);
    }
  }

  private void poll(Predicate<ConsumerRecord<String, byte[]>> meant, Batches batches)
      throws IOException {
    List<TrainingMetric> batch = new ArrayList<>();
    try {
      for (ConsumerRecord<String, byte[]> read : consumer.poll(POLL)) {
        if (meant.test(read)) {
          add(batch, read);
        }
      }
    } catch (WakeupException e) {
      LOG.debug("Told to stop", e);
      return;
    }
    if (!batch.isEmpty()) {
      batches.take(batch);
    }
  }

  private void add(List<TrainingMetric> batch, ConsumerRecord<String, byte[]> read) {
    if (read.value() == null) {
      return;
    }
    try {
      batch.add(topic.serde().deserializer().deserialize(topic.name(), read.value()));
    } catch (RuntimeException e) {
      if (read.offset() > complainedOf) { // once, although the topic may be read twice
        complainedOf = read.offset();
        LOG.warn(
            "Cannot read record {}-{}@{} as a metric ({}); left out",
            read.topic(),
            read.partition(),
            read.offset(),
            e.getMessage());
      }
    }
  }

  /** Ends reading from another thread. */
  public void stop() {
    stopped = true;
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
