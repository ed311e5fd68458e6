package dev.millrace.dashboard;

import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the topics on a thread of its own and keeps the gauges up to date. */
final class TopicsWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicsWatch.class);

  /** Newest records of a topic that are read at the start; what is shown stands in them. */
  private static final long NEWEST = 2000;

  private static final int FETCH_WAIT_MILLIS = 100;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration BETWEEN_LAGS = Duration.ofSeconds(2);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

  private final Topics topics;
  private final Map<String, Object> kafka;
  private final Gauges gauges;
  private final Map<String, Consumer<byte[]>> readers = new HashMap<>();
  private final Map<String, Progress> progress = new HashMap<>();
  private final Thread thread = new Thread(this::run, "millrace-metrics");
  private volatile boolean closed;

  TopicsWatch(Topics topics, Map<String, Object> kafka, Gauges gauges) {
    this.topics = topics;
    this.kafka = Map.copyOf(kafka);
    this.gauges = gauges;
    thread.setDaemon(true);
    String metrics = topics.metrics().name();
    String checkpoints = topics.checkpoints().name();
    String progresses = topics.progress().name();
    var ofMetric = topics.metrics().serde().deserializer();
    var ofCheckpoint = topics.checkpoints().serde().deserializer();
    var ofProgress = topics.progress().serde().deserializer();
    readers.put(metrics, bytes -> gauges.metric(ofMetric.deserialize(metrics, bytes)));
    readers.put(
        checkpoints, bytes -> gauges.checkpoint(ofCheckpoint.deserialize(checkpoints, bytes)));
    readers.put(progresses, bytes -> progress(ofProgress.deserialize(progresses, bytes)));
  }

  void start() {
    thread.start();
  }

  private void progress(Progress newest) {
    progress.put(newest.getGroup(), newest);
    gauges.progress(newest);
  }

  private void run() {
    while (!closed) {
      try (Admin admin = Admin.create(kafka);
          KafkaConsumer<String, byte[]> consumer = consumer()) {
        watch(admin, consumer);
      } catch (InterruptedException | InterruptException e) {
        LOG.debug("Ending: {}", e.getMessage());
        return;
      } catch (KafkaException e) {
        // A broker that is away, or topics that are not there yet: the page shows what it has.
        LOG.debug("Cannot read the topics, trying again", e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(AFTER_FAILURE);
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
  }

  private void watch(Admin admin, KafkaConsumer<String, byte[]> consumer)
      throws InterruptedException {
    beginNearTheEnd(consumer);
    Lags lags = new Lags(admin, topics, gauges);
    long lagsAt = System.nanoTime() - BETWEEN_LAGS.toNanos();
    while (!closed) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        take(record);
      }
      if (System.nanoTime() - lagsAt >= BETWEEN_LAGS.toNanos()) {
        lags.update(progress.values());
        lagsAt = System.nanoTime();
      }
    }
  }

  private void beginNearTheEnd(KafkaConsumer<String, byte[]> consumer) {
    var partitions = readers.keySet().stream().map(name -> new TopicPartition(name, 0)).toList();
    consumer.assign(partitions);
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
    consumer
        .endOffsets(partitions)
        .forEach((partition, end) ->
            consumer.seek(
                partition, Math.max(beginnings.getOrDefault(partition, 0L), end - NEWEST)));
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    Consumer<byte[]> reader = readers.get(record.topic());
    if (reader == null || record.value() == null) {
      return;
    }
    try {
      reader.accept(record.value());
    } catch (RuntimeException e) {
      LOG.warn(
          "Cannot show record {}-{}@{}; left out",
          record.topic(),
          record.partition(),
          record.offset(),
          e);
    }
  }

  private KafkaConsumer<String, byte[]> consumer() {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    // A consumer closes when the brokers have answered its last fetch.
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(LONGEST_CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
