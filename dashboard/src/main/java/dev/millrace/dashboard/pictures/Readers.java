package dev.millrace.dashboard.pictures;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics for whoever asks, two at a time; eight others may wait for two seconds. Each reading
 * holds a fetch of 4 MiB, or one batch where that is larger. Belongs to no consumer group.
 */
final class Readers implements AutoCloseable {
  private static final int AT_A_TIME = 2;
  private static final int MOST_WAITING = 8;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int TIMEOUT_MILLIS = 3_000;
  private static final int FETCH_WAIT_MILLIS = 50;
  private static final int FETCH_BYTES = 4 << 20;
  private static final int PARTITION_BYTES = 1 << 20;

  /** What is done with a consumer. */
  interface Reading<T> {
    T of(Consumer<String, ByteBuffer> consumer);
  }

  private final Map<String, Object> kafka;
  private final Semaphore free = new Semaphore(AT_A_TIME);
  private final Deque<Consumer<String, ByteBuffer>> idle = new ArrayDeque<>();
  private boolean closed;

  /**
   * Connects when it is first asked.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   */
  Readers(Map<String, Object> kafka) {
    this.kafka = Map.copyOf(kafka);
  }

  /**
   * Reads on the caller's thread.
   *
   * @throws PicturesBusyException if others read for too long
   * @throws KafkaException if the brokers do not answer within three seconds
   */
  <T> T read(Reading<T> reading) {
    if (!acquire()) {
      throw new PicturesBusyException();
    }
    try {
      Consumer<String, ByteBuffer> consumer = take();
      try {
        T read = reading.of(consumer);
        consumer.unsubscribe();
        giveBack(consumer);
        return read;
      } catch (RuntimeException e) {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
        throw e;
      }
    } finally {
      free.release();
    }
  }

  private boolean acquire() {
    if (free.getQueueLength() >= MOST_WAITING) {
      return false;
    }
    try {
      return free.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Consumer<String, ByteBuffer> take() {
    synchronized (idle) {
      if (closed) {
        throw new KafkaException("The dashboard is ending");
      }
      Consumer<String, ByteBuffer> ready = idle.poll();
      return ready == null ? consumer(kafka) : ready;
    }
  }

  private void giveBack(Consumer<String, ByteBuffer> consumer) {
    synchronized (idle) {
      if (!closed) {
        idle.push(consumer);
        return;
      }
    }
    consumer.close();
  }

  /** A consumer of committed records, of no group, that fetches little and soon gives up. */
  static Consumer<String, ByteBuffer> consumer(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_BYTES);
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteBufferDeserializer());
  }

  /**
   * The record at an offset.
   *
   * @return null if there is none
   * @throws TimeoutException if the brokers do not give it within three seconds
   */
  static @Nullable ConsumerRecord<String, ByteBuffer> at(
      Consumer<String, ByteBuffer> consumer, TopicPartition partition, long offset) {
    if (offset < 0
        || offset >= consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L)) {
      return null;
    }
    consumer.assign(List.of(partition));
    consumer.seek(partition, offset);
    long end = System.nanoTime() + Duration.ofMillis(TIMEOUT_MILLIS).toNanos();
    try {
      while (consumer.position(partition) == offset) {
        for (ConsumerRecord<String, ByteBuffer> record : consumer.poll(POLL)) {
          return record.offset() == offset ? record : null;
        }
        if (System.nanoTime() > end) {
          throw new TimeoutException("Record %s@%d does not come".formatted(partition, offset));
        }
      }
    } catch (OffsetOutOfRangeException e) {
      return null; // deleted
    }
    return null; // a transaction's marker
  }

  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.forEach(consumer -> consumer.close(CloseOptions.timeout(LONGEST_CLOSE)));
      idle.clear();
    }
  }
}
