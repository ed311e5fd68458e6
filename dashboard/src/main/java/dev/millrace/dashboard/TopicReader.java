package dev.millrace.dashboard;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics of one partition from their beginning, on a thread of its own, and goes on where it
 * was whenever the brokers have been away. A record that cannot be read is left out.
 */
final class TopicReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
  private static final int FETCH_WAIT_MILLIS = 100;
  private static final int POLL_RECORDS = 5000;
  private static final int FETCH_BYTES = 8 << 20;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);

  private final Map<String, Object> kafka;
  private final Connection connection;
  private final Map<String, Consumer<ConsumerRecord<String, byte[]>>> takers;
  private final Runnable begun;
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final Thread thread;
  private boolean isBegun;
  private final CountDownLatch ending = new CountDownLatch(1);
  private volatile @Nullable KafkaConsumer<String, byte[]> reading;

  /**
   * A reader that has not started.
   *
   * @param takers take the records, by topic
   * @param begun runs once, when all has been read that was there at the start
   */
  TopicReader(
      String name,
      Map<String, Object> kafka,
      Connection connection,
      Map<String, Consumer<ConsumerRecord<String, byte[]>>> takers,
      Runnable begun) {
    this.kafka = Map.copyOf(kafka);
    this.connection = connection;
    this.takers = Map.copyOf(takers);
    this.begun = begun;
    this.thread = new Thread(this::run, "dashboard-" + name);
    thread.setDaemon(true);
  }

  TopicReader start() {
    thread.start();
    return this;
  }

  private void run() {
    try {
      while (!isEnding()) {
        if (connection.isReadable()) {
          read();
        } else {
          pause(LOOK);
        }
      }
    } catch (InterruptedException | InterruptException e) {
      LOG.debug("Ending: {}", e.getMessage());
    }
  }

  private boolean isEnding() {
    return ending.getCount() == 0;
  }

  private void pause(Duration longest) throws InterruptedException {
    var _ = ending.await(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void read() throws InterruptedException {
    try (KafkaConsumer<String, byte[]> consumer = consumer()) {
      reading = consumer;
      List<TopicPartition> partitions =
          takers.keySet().stream().map(topic -> new TopicPartition(topic, 0)).toList();
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, LONGEST_ANSWER);
      for (TopicPartition partition : partitions) {
        long position = positions.getOrDefault(partition, 0L);
        // A position behind the end is that of a topic that has been made anew since.
        if (position == 0 || position > ends.getOrDefault(partition, Long.MAX_VALUE)) {
          consumer.seekToBeginning(List.of(partition));
        } else {
          consumer.seek(partition, position);
        }
      }
      while (!isEnding()) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          take(record);
        }
        for (TopicPartition partition : partitions) {
          positions.put(partition, consumer.position(partition, LONGEST_ANSWER));
        }
        tellBegun(ends);
      }
    } catch (InterruptException e) {
      throw e;
    } catch (WakeupException e) {
      LOG.debug("Ending");
    } catch (KafkaException e) {
      LOG.debug("Cannot read the topics, trying again", e);
      pause(AFTER_FAILURE);
    } catch (RuntimeException e) {
      LOG.warn("Cannot read the topics, trying again", e);
      pause(AFTER_FAILURE);
    }
  }

  private void tellBegun(Map<TopicPartition, Long> ends) {
    if (!isBegun
        && ends.entrySet().stream()
            .allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue())) {
      isBegun = true;
      begun.run();
    }
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    Consumer<ConsumerRecord<String, byte[]>> taker = takers.get(record.topic());
    if (taker == null || record.value() == null) {
      return;
    }
    try {
      taker.accept(record);
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
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    // A consumer closes when the brokers have answered its last fetch.
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public void close() {
    ending.countDown();
    KafkaConsumer<String, byte[]> consumer = reading;
    if (consumer != null) {
      consumer.wakeup(); // an interrupt would disturb its closing
    }
    try {
      thread.join(LONGEST_CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
