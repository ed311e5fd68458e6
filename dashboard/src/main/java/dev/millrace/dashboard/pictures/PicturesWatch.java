package dev.millrace.dashboard.pictures;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics of checkpoints, mistakes and classes from their beginning on, on a thread of its
 * own, and keeps the index up to date. When the brokers do not answer it begins again until they
 * do.
 */
final class PicturesWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PicturesWatch.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

  private final Topics topics;
  private final Map<String, Object> kafka;
  private final PictureIndex index;
  private final java.util.function.Consumer<CheckpointManifest> draws;
  private final java.util.function.Consumer<String> changed;
  private final Thread thread = new Thread(this::run, "millrace-pictures");
  private volatile boolean closed;

  /**
   * Prepares to read.
   *
   * @param draws given every checkpoint that is new since this began to read
   * @param changed told the run that has new pictures, on the thread that reads
   */
  PicturesWatch(
      Topics topics,
      Map<String, Object> kafka,
      PictureIndex index,
      java.util.function.Consumer<CheckpointManifest> draws,
      java.util.function.Consumer<String> changed) {
    this.topics = topics;
    this.kafka = Map.copyOf(kafka);
    this.index = index;
    this.draws = draws;
    this.changed = changed;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      try (Consumer<String, ByteBuffer> consumer = Readers.consumer(kafka)) {
        watchUntilInterrupted(consumer);
      } catch (KafkaException e) {
        // A broker that is away: what is known stays.
        LOG.debug("Cannot read the topics, trying again", e);
        pause();
      }
    }
  }

  private void watchUntilInterrupted(Consumer<String, ByteBuffer> consumer) {
    try {
      watch(consumer);
    } catch (InterruptException e) {
      LOG.debug("Ending: {}", e.getMessage());
      closed = true;
      var _ = Thread.interrupted(); // or the consumer's closing would be disturbed
    }
  }

  private void watch(Consumer<String, ByteBuffer> consumer) {
    List<TopicPartition> found = existing(consumer);
    if (found.isEmpty()) {
      pause(); // nobody has made the topics yet
      return;
    }
    consumer.assign(found);
    consumer.seekToBeginning(found);
    boolean all = found.size() == wanted().size();
    Map<TopicPartition, Long> ends = consumer.endOffsets(found);
    lookForChunks(consumer);
    long begunAt = System.nanoTime();
    long lookedAt = begunAt;
    while (!closed && (all || System.nanoTime() - begunAt < BETWEEN_TRIES.toNanos())) {
      for (ConsumerRecord<String, ByteBuffer> record : consumer.poll(POLL)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        take(record, record.offset() >= ends.getOrDefault(partition, 0L));
      }
      if (System.nanoTime() - lookedAt > BETWEEN_LOOKS.toNanos()) {
        lookForChunks(consumer);
        lookedAt = System.nanoTime();
      }
    }
  }

  private void lookForChunks(Consumer<String, ByteBuffer> consumer) {
    TopicPartition chunks = new TopicPartition(topics.checkpointChunks().name(), 0);
    if (consumer.listTopics().containsKey(chunks.topic())) {
      Long begin = consumer.beginningOffsets(List.of(chunks)).get(chunks);
      index.chunksBegin(begin == null ? 0 : begin);
    }
  }

  private List<Topic<?>> wanted() {
    return List.of(topics.classes(), topics.checkpoints(), topics.mistakes());
  }

  // Streams of earlier versions have no mistakes; and nobody may have made the topics yet.
  private List<TopicPartition> existing(Consumer<String, ByteBuffer> consumer) {
    Map<String, ?> all = consumer.listTopics();
    Stream<TopicPartition> found =
        wanted().stream()
            .map(Topic::name)
            .filter(all::containsKey)
            .map(name -> new TopicPartition(name, 0));
    return found.toList();
  }

  private void take(ConsumerRecord<String, ByteBuffer> record, boolean isNew) {
    if (record.value() == null) {
      return;
    }
    try {
      if (record.topic().equals(topics.checkpoints().name())) {
        CheckpointManifest manifest = value(topics.checkpoints(), record);
        index.checkpoint(manifest);
        if (isNew) {
          draws.accept(manifest);
        }
        changed.accept(manifest.getRun());
      } else if (record.topic().equals(topics.classes().name())) {
        index.classes(value(topics.classes(), record));
      } else if (record.key() != null) {
        index.mistakes(record.key(), record.offset());
        changed.accept(record.key());
      }
    } catch (RuntimeException e) {
      LOG.warn(
          "No pictures by record {}-{}@{}, which cannot be read",
          record.topic(),
          record.partition(),
          record.offset(),
          e);
    }
  }

  private static <V> V value(Topic<V> topic, ConsumerRecord<String, ByteBuffer> record) {
    return topic.serde().deserializer().deserialize(topic.name(), record.headers(), record.value());
  }

  private void pause() {
    try {
      Thread.sleep(AFTER_FAILURE);
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      if (thread.isAlive()) {
        thread.join(LONGEST_CLOSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
