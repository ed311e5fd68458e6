package dev.millrace.benchmarks;

import dev.millrace.producer.ImageProducer;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.PublishingProperties;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What a producer does and its two parts by themselves: images read from the disk, and bytes that
 * are in memory sent to a broker. Every pass takes the same images in the same order, and those
 * that send begin with topics of their own, which are deleted behind them.
 */
final class IngestionPasses {
  private static final int PARTITIONS = 4;
  private static final int READERS = 4; // as many as a producer has
  private static final int MAX_IMAGE_BYTES = 16 << 20;
  private static final long TRANSACTION_NANOS = 200_000_000;

  private final Map<String, Object> kafka;
  private final Dataset dataset;
  private final int epochs;
  private final List<byte[]> images = new ArrayList<>();
  private long bytes;
  private int passes;

  /** Reads the images into memory, so that their files are in the page cache, too. */
  IngestionPasses(Map<String, Object> kafka, Dataset dataset, int epochs) throws Exception {
    this.kafka = kafka;
    this.dataset = dataset;
    this.epochs = epochs;
    for (int i = 0; i < dataset.size(Split.TRAIN); i++) {
      byte[] image = dataset.image(Split.TRAIN, i).read(MAX_IMAGE_BYTES);
      images.add(image);
      bytes += image.length;
    }
  }

  /** Mean size of an image. */
  double meanBytes() {
    return (double) bytes / images.size();
  }

  /** The files' bytes, read by as many threads as a producer has. */
  Measurement read() throws ExecutionException, InterruptedException {
    Meter meter = new Meter();
    try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        int[] order = dataset.order(Split.TRAIN, 1, epoch);
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int reader = 0; reader < READERS; reader++) {
          running.add(
              readers.submit(() -> {
                for (int s = next.getAndIncrement(); s < order.length; s = next.getAndIncrement()) {
                  LabeledImage image = dataset.image(Split.TRAIN, order[s]);
                  image.read((int) Math.min(image.length() + 1, MAX_IMAGE_BYTES));
                }
                return null;
              }));
        }
        for (Future<?> one : running) {
          one.get();
        }
      }
    }
    return meter.read("disk", READERS, count());
  }

  /** Bytes in memory, sent by a Kafka client with a producer's settings and nothing else. */
  Measurement send() throws InterruptedException, ExecutionException {
    Topics topics = create();
    String topic = topics.images(Split.TRAIN).name();
    Meter meter = new Meter();
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            PublishingProperties.of(kafka, topics.prefix(), MAX_IMAGE_BYTES),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      for (int epoch = 0; epoch < epochs; epoch++) {
        int[] order = dataset.order(Split.TRAIN, 1, epoch);
        producer.beginTransaction();
        long begun = System.nanoTime();
        for (int s = 0; s < order.length; s++) {
          if (System.nanoTime() - begun > TRANSACTION_NANOS) {
            producer.commitTransaction(); // fails if any record did
            producer.beginTransaction();
            begun = System.nanoTime();
          }
          var _ =
              producer.send(
                  new ProducerRecord<>(topic, s % PARTITIONS, "id", images.get(order[s])));
        }
        producer.commitTransaction();
      }
    }
    Measurement sent = meter.read("broker", 1, count());
    delete(topics);
    return sent;
  }

  /** Images published by a producer, from the files to the last commit. */
  Measurement publish() throws InterruptedException, ExecutionException {
    Topics topics = create();
    ProducerOptions options = new ProducerOptions(1, epochs, MAX_IMAGE_BYTES, Long.MAX_VALUE);
    Meter meter = new Meter();
    try (ImageProducer producer =
        new ImageProducer(options, topics, kafka, dataset, InstantSource.system())) {
      producer.run();
    }
    Measurement published = meter.read("producer", READERS, count());
    delete(topics);
    return published;
  }

  private long count() {
    return (long) epochs * images.size();
  }

  private Topics create() throws InterruptedException {
    Topics topics = new Topics("pass-" + passes++);
    try (Admin admin = Admin.create(kafka)) {
      topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, MAX_IMAGE_BYTES));
    }
    return topics;
  }

  private void delete(Topics topics) throws InterruptedException, ExecutionException {
    List<String> names = topics.all().stream().<String>map(topic -> topic.name()).toList();
    try (Admin admin = Admin.create(kafka)) {
      admin.deleteTopics(names).all().get();
    }
  }
}
