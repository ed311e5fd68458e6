package dev.millrace.producer;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.TestInfo;

/** The topics of one test: producers that publish to them, and what is to be read there. */
record TestStream(TestBroker broker, Topics topics) {
  /** When every record was made. */
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  static final int PARTITIONS = 3;

  /** Creates topics whose prefix is the test's name. */
  static TestStream create(TestBroker broker, TestInfo test) throws InterruptedException {
    String name = test.getTestMethod().orElseThrow().getName();
    return create(broker, name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
  }

  static TestStream create(TestBroker broker, String prefix) throws InterruptedException {
    return new TestStream(broker, broker.create(prefix, PARTITIONS));
  }

  ImageProducer producer(ProducerOptions options, Dataset dataset) {
    return producer(options, dataset, InstantSource.fixed(NOW));
  }

  ImageProducer producer(ProducerOptions options, Dataset dataset, InstantSource clock) {
    return new ImageProducer(options, topics, broker.kafka(), dataset, clock);
  }

  static CompletableFuture<ProducerSummary> runAside(ImageProducer producer) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return producer.run();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  ImageReader reader(Split split) {
    return new ImageReader(broker, topics, split, PARTITIONS);
  }

  static List<List<String>> expected(
      Dataset dataset, Split split, int epochs, Set<String> without) {
    return ImageReader.expected(dataset, split, 1, epochs, PARTITIONS, without);
  }

  List<DeadLetter> deadLetters() throws Exception {
    return records(topics.deadLetters());
  }

  /** All that a topic of one partition holds. */
  <V> List<V> records(Topic<V> topic) throws Exception {
    List<V> records = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    try (Consumer<String, V> consumer = broker.reader(topic, 1)) {
      TestBroker.await(
          "all of " + topic,
          () -> {
            consumer.poll(Duration.ofMillis(20)).forEach(record -> records.add(record.value()));
            long end = consumer.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
            return consumer.position(partition) >= end;
          });
    }
    return records;
  }
}
