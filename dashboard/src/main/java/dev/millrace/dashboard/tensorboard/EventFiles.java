package dev.millrace.dashboard.tensorboard;

import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TrainingMetric;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
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

/**
 * Writes every run's metrics to files for TensorBoard, on a thread of its own, from the topic's
 * beginning or from where the folder stopped. Belongs to no consumer group. Waits while no broker
 * answers, and tries again, from its bookmark, when the disk was full.
 *
 * <p>Takes 100 runs of 256 MiB for each of steps, evaluations and pictures at most; a million steps
 * of 25 values take about 60 MiB.
 */
public final class EventFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventFiles.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration BETWEEN_SAVES = Duration.ofSeconds(2);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
  private static final int FETCH_WAIT_MILLIS = 100;
  private static final Duration USUAL_CLOSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

  private final Path root;
  private final Topic<TrainingMetric> topic;
  private final TopicPartition partition;
  private final Map<String, Object> kafka;
  private final Thread thread = new Thread(this::run, "millrace-tensorboard");
  private volatile EventFolder folder;
  private volatile boolean closed;
  private String complaint = "";

  private EventFiles(
      Path root, EventFolder folder, Topic<TrainingMetric> topic, Map<String, Object> kafka) {
    this.root = root;
    this.folder = folder;
    this.topic = topic;
    this.partition = new TopicPartition(topic.name(), 0);
    this.kafka = Map.copyOf(kafka);
    thread.setDaemon(true);
  }

  /**
   * Starts to write.
   *
   * @param folder an empty one, one that is not there yet, or one that this has written before
   * @param topic the metrics
   * @param kafka the user's client properties, with bootstrap.servers
   * @throws IOException if another process writes to the folder, it holds files of others, or it
   *     cannot be written
   */
  public static EventFiles start(
      Path folder, Topic<TrainingMetric> topic, Map<String, Object> kafka) throws IOException {
    EventFiles files = new EventFiles(folder, EventFolder.open(folder), topic, kafka);
    files.thread.start();
    return files;
  }

  /**
   * Writes a picture of a run, unless one of its time or a later one was written by the same tag:
   * it does no harm to give the same ones again. A run has a hundred tags at most. Safe for use by
   * several threads.
   *
   * @throws IOException if it cannot be written
   */
  public void picture(String run, Picture picture) throws IOException {
    folder.add(run, picture);
  }

  private void run() {
    while (!closed) {
      try {
        readOn();
      } catch (InterruptedException | InterruptException e) {
        LOG.debug("Ending", e);
        return;
      } catch (KafkaException e) {
        // A broker that is away, or a topic that is not there yet.
        LOG.debug("Cannot read topic {}, trying again", topic, e);
        pause();
      } catch (IOException e) {
        complain(e);
        reopen();
      }
    }
  }

  private void readOn() throws IOException, InterruptedException {
    try (KafkaConsumer<String, byte[]> consumer = consumer()) {
      consumer.assign(List.of(partition));
      consumer.seek(partition, folder.from(topicId()));
      long savedAt = System.nanoTime();
      while (!closed) {
        long next = -1;
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          add(record);
          next = record.offset() + 1;
        }
        if (next >= 0) {
          folder.flush(next);
        }
        if (System.nanoTime() - savedAt >= BETWEEN_SAVES.toNanos()) {
          folder.save();
          savedAt = System.nanoTime();
        }
      }
    }
  }

  // Names are used again when a topic was deleted and made anew; ids are not.
  private String topicId() throws InterruptedException {
    try (Admin admin = Admin.create(kafka)) {
      return admin
          .describeTopics(List.of(topic.name()))
          .allTopicNames()
          .get()
          .values()
          .iterator()
          .next()
          .topicId()
          .toString();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
  }

  private void add(ConsumerRecord<String, byte[]> record) throws IOException {
    if (record.value() == null) {
      return;
    }
    TrainingMetric metric;
    try {
      metric = topic.serde().deserializer().deserialize(topic.name(), record.value());
    } catch (RuntimeException e) {
      LOG.warn(
          "Cannot read record {}-{}@{} as a metric ({}); left out",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
      return;
    }
    folder.add(metric);
  }

  private void complain(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    if (!message.equals(complaint)) {
      complaint = message;
      LOG.error("Cannot write TensorBoard's files, trying again: {}", message, failure);
    }
  }

  private void reopen() {
    try {
      folder.close();
    } catch (IOException e) {
      LOG.debug("What could not be written is written again", e);
    }
    while (!closed) {
      pause();
      try {
        folder = EventFolder.open(root);
        return;
      } catch (IOException e) {
        LOG.debug("Cannot open {}, trying again", root, e);
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

  private KafkaConsumer<String, byte[]> consumer() {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    // A consumer closes when the brokers have answered its last fetch.
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
  }

  /** Stops reading, and notes how far it has come. */
  @Override
  public void close() throws IOException {
    closed = true;
    try {
      if (!thread.join(USUAL_CLOSE)) {
        thread.interrupt(); // it waits for brokers
        thread.join(LONGEST_CLOSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!thread.isAlive()) {
      folder.save();
    }
    folder.close();
  }
}
