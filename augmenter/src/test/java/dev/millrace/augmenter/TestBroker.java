package dev.millrace.augmenter;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.schemas.ImageRetention;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A Kafka broker in this process, and clients for it. */
final class TestBroker implements AutoCloseable {
  /** Longest wait for anything. */
  static final Duration LIMIT = Duration.ofSeconds(90);

  private static final Duration STILL = Duration.ofSeconds(1);

  private final EmbeddedBroker broker;

  TestBroker(Path directory) throws Exception {
    broker = EmbeddedBroker.start(directory, "127.0.0.1", 0, Map.of());
  }

  Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  Admin admin() {
    return Admin.create(kafka());
  }

  Topics create(String prefix, int partitions) throws InterruptedException {
    return create(prefix, partitions, new ImageRetention.Purge());
  }

  Topics create(String prefix, int partitions, ImageRetention retention)
      throws InterruptedException {
    Topics topics = new Topics(prefix);
    try (Admin admin = admin()) {
      topics.createMissing(admin, new TopicSettings(partitions, (short) 1, 1 << 20, retention));
    }
    return topics;
  }

  <V> KafkaProducer<String, V> producer(Topic<V> topic) {
    return new KafkaProducer<>(kafka(), new StringSerializer(), topic.serde().serializer());
  }

  /** Reads committed records of every partition from the start. */
  <V> Consumer<String, V> reader(Topic<V> topic, int partitions) {
    Map<String, Object> properties = new HashMap<>(kafka());
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", false);
    properties.put("fetch.max.wait.ms", 20); // closing waits for the last fetch
    Consumer<String, V> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), topic.serde().deserializer());
    List<TopicPartition> all = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      all.add(new TopicPartition(topic.name(), p));
    }
    consumer.assign(all);
    consumer.seekToBeginning(all);
    return consumer;
  }

  @Override
  public void close() {
    broker.close();
  }

  static void await(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Not within " + LIMIT + ": " + what);
      }
      Thread.sleep(20);
    }
  }

  /** Waits until a number has been the same for a second; that number. */
  static int awaitStill(Callable<Integer> number) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    int last = number.call();
    long since = System.nanoTime();
    while (System.nanoTime() - since < STILL.toNanos()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Still changing after " + LIMIT + ": " + last);
      }
      int now = number.call();
      if (now != last) {
        last = now;
        since = System.nanoTime();
      }
      Thread.sleep(20);
    }
    return last;
  }

  /** Something to wait for. */
  interface Condition {
    boolean holds() throws Exception;
  }
}
