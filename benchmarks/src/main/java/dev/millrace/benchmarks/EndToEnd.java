package dev.millrace.benchmarks;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.producer.ImageProducer;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.ProducerSummary;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.ImageTensorView;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * Images through an embedded broker: published, then augmented from their topic and read as
 * tensors. Broker, producer, augmenter and reader are in this process, so all their CPU time
 * counts.
 */
final class EndToEnd {
  private static final int PARTITIONS = 4;
  private static final int MIB = 1 << 20;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long DELETE_NANOS = 500_000_000L;
  private static final long LIMIT_NANOS = Duration.ofMinutes(10).toNanos();

  private final Path folder;
  private final Path data;
  private final int epochs;
  private final Consumer<Measurement> report;

  EndToEnd(Path folder, Path data, int epochs, Consumer<Measurement> report) {
    this.folder = folder;
    this.data = data;
    this.epochs = epochs;
    this.report = report;
  }

  void run(String name, List<Integer> threads) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, "127.0.0.1", 0, Map.of());
        Dataset dataset = Dataset.open(data, 0, 1)) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
      warmUp(name, kafka, dataset);
      for (int t : threads) {
        Topics topics = create(name.replace('.', '-') + "-" + t, kafka);
        Measurement published = publish(name + ".publish", epochs, kafka, topics, dataset);
        report.accept(published);
        report.accept(augment(name, t, kafka, topics, published.images()));
      }
    }
  }

  private static void warmUp(String name, Map<String, Object> kafka, Dataset dataset)
      throws Exception {
    Topics topics = create(name.replace('.', '-') + "-warm-up", kafka);
    int enough = 2 + 1000 / dataset.size(Split.TRAIN);
    long published = publish("", enough, kafka, topics, dataset).images();
    augment("", 2, kafka, topics, published);
  }

  private static Topics create(String prefix, Map<String, Object> kafka)
      throws InterruptedException {
    Topics topics = new Topics(prefix);
    try (Admin admin = Admin.create(kafka)) {
      topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, 16 * MIB));
    }
    return topics;
  }

  private static Measurement publish(
      String name, int epochs, Map<String, Object> kafka, Topics topics, Dataset dataset)
      throws InterruptedException {
    ProducerOptions options = new ProducerOptions(1, epochs, 16 * MIB, Long.MAX_VALUE);
    try (ImageProducer producer =
        new ImageProducer(options, topics, kafka, dataset, InstantSource.system())) {
      Meter meter = new Meter();
      ProducerSummary summary = producer.run();
      return meter.read(name, 1, summary.images());
    }
  }

  // The clock starts with the first quarter of the tensors: neither joining the group nor compiling
  // is part of the work.
  private static Measurement augment(
      String name, int threads, Map<String, Object> kafka, Topics topics, long total)
      throws InterruptedException {
    AugmenterOptions options =
        AugmenterOptions.builder().threads(threads).maxAheadBytes(Long.MAX_VALUE).build();
    try (AugmenterService augmenter = new AugmenterService(options, topics, kafka);
        KafkaConsumer<ByteBuffer, ByteBuffer> reader = reader(kafka, topics);
        Admin admin = Admin.create(kafka)) {
      augmenter.start();
      Counter counter = new Counter(reader, admin, augmenter);
      counter.readUntil(total / 4);
      Meter meter = new Meter();
      long before = augmenter.counts().images();
      counter.readUntil(total);
      return meter.read(name, threads, augmenter.counts().images() - before);
    }
  }

  private static KafkaConsumer<ByteBuffer, ByteBuffer> reader(
      Map<String, Object> kafka, Topics topics) {
    KafkaConsumer<ByteBuffer, ByteBuffer> reader =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                String.valueOf(kafka.get("bootstrap.servers")),
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false,
                "max.partition.fetch.bytes",
                8 * MIB,
                "receive.buffer.bytes",
                MIB),
            new ByteBufferDeserializer(),
            new ByteBufferDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (int p = 0; p < PARTITIONS; p++) {
      partitions.add(new TopicPartition(topics.tensors(Split.TRAIN).name(), p));
    }
    reader.assign(partitions);
    reader.seekToBeginning(partitions);
    return reader;
  }

  /**
   * Reads tensors as a trainer would: each one's elements are copied into a minibatch, and what was
   * read is deleted. Else the topic would grow and grow, and the machine would find fresh memory
   * for the files, which costs as much as all of Kafka.
   */
  private static final class Counter {
    private final KafkaConsumer<ByteBuffer, ByteBuffer> reader;
    private final Admin admin;
    private final AugmenterService augmenter;
    private final ByteBuffer minibatch = ByteBuffer.allocateDirect(MIB);
    private final long deadline = System.nanoTime() + LIMIT_NANOS;
    private long tensors;
    private long deletedAt = System.nanoTime();

    Counter(KafkaConsumer<ByteBuffer, ByteBuffer> reader, Admin admin, AugmenterService augmenter) {
      this.reader = reader;
      this.admin = admin;
      this.augmenter = augmenter;
    }

    /** Reads until so many images are tensors that were read, or dead letters. */
    void readUntil(long images) {
      while (tensors + augmenter.counts().deadLetters() < images) {
        augmenter
            .failure()
            .ifPresent(failure -> {
              throw new IllegalStateException("The augmenter failed", failure);
            });
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "Only %d of %d tensors within %d s"
                  .formatted(tensors, images, LIMIT_NANOS / 1_000_000_000));
        }
        reader.poll(POLL).forEach(this::read);
        if (System.nanoTime() - deletedAt > DELETE_NANOS) {
          delete();
          deletedAt = System.nanoTime();
        }
      }
    }

    private void delete() {
      Map<TopicPartition, RecordsToDelete> read = new HashMap<>();
      for (TopicPartition partition : reader.assignment()) {
        read.put(partition, RecordsToDelete.beforeOffset(reader.position(partition)));
      }
      var _ = admin.deleteRecords(read); // the next one deletes what this one failed to
    }

    private void read(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
      if (ImageTensorView.isImageTensor(record.value())) {
        minibatch.clear().put(ImageTensorView.of(record.value()).elements());
        tensors++;
      }
    }
  }
}
