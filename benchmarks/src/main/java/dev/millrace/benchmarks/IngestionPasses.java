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
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What a producer does and its two parts by themselves: images read from the disk, and bytes that
 * are in memory sent to a broker. Passes that send begin with topics of their own, which are
 * deleted behind them. The clock of every pass starts when an eighth of the images is through: to
 * begin takes some tenths of a second, once.
 */
final class IngestionPasses {
  private static final int PARTITIONS = 4;
  private static final int READERS = 4; // as many as a producer has
  private static final int MAX_IMAGE_BYTES = 16 << 20;
  private static final int MOST_IN_MEMORY = 1000;
  private static final long TRANSACTION_NANOS = 200_000_000;
  private static final int DELETION_MILLIS = 1500; // the broker deletes files a second later

  private final Map<String, Object> kafka;
  private final LongSupplier brokerNanos;
  private final Dataset dataset;
  private final int[] order;
  private final int count;
  private final int uncounted;
  private final List<byte[]> images = new ArrayList<>();
  private final double meanBytes;
  private int passes;

  /**
   * Reads some images into memory.
   *
   * @param brokerNanos CPU time that the broker has taken in its own process, in nanoseconds
   * @param count images of a pass
   */
  IngestionPasses(Map<String, Object> kafka, LongSupplier brokerNanos, Dataset dataset, int count)
      throws Exception {
    this.kafka = kafka;
    this.brokerNanos = brokerNanos;
    this.dataset = dataset;
    this.order = dataset.order(Split.TRAIN, 1, 0);
    this.count = count;
    this.uncounted = count / 8;
    for (int i = 0; i < Math.min(order.length, MOST_IN_MEMORY); i++) {
      images.add(dataset.image(Split.TRAIN, order[i]).read(MAX_IMAGE_BYTES));
    }
    this.meanBytes = images.stream().mapToInt(image -> image.length).average().orElseThrow();
  }

  /** Mean size of an image. */
  double meanBytes() {
    return meanBytes;
  }

  /** The files' bytes, read by as many threads as a producer has. */
  Measurement read() throws ExecutionException, InterruptedException {
    read(0, uncounted);
    Meter meter = new Meter();
    read(uncounted, count);
    return meter.read("disk", READERS, count - uncounted);
  }

  private void read(int from, int to) throws ExecutionException, InterruptedException {
    AtomicInteger next = new AtomicInteger(from);
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
      for (int reader = 0; reader < READERS; reader++) {
        running.add(
            readers.submit(() -> {
              for (int i = next.getAndIncrement(); i < to; i = next.getAndIncrement()) {
                LabeledImage image = dataset.image(Split.TRAIN, order[i % order.length]);
                image.read((int) Math.min(image.length() + 1, MAX_IMAGE_BYTES));
              }
              return null;
            }));
      }
    }
    for (Future<?> one : running) {
      one.get();
    }
  }

  /** Bytes in memory, sent by a Kafka client with a producer's settings and nothing else. */
  Measurement send() throws InterruptedException, ExecutionException {
    Topics topics = create();
    String topic = topics.images(Split.TRAIN).name();
    Measurement sent;
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            PublishingProperties.of(kafka, topics.prefix(), MAX_IMAGE_BYTES),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      long begun = System.nanoTime();
      Meter meter = new Meter(brokerNanos);
      for (int i = 0; i < count; i++) {
        if (i == uncounted) {
          meter = new Meter(brokerNanos);
        }
        if (System.nanoTime() - begun > TRANSACTION_NANOS) {
          producer.commitTransaction(); // fails if any record did
          producer.beginTransaction();
          begun = System.nanoTime();
        }
        byte[] image = images.get(i % images.size());
        var _ = producer.send(new ProducerRecord<>(topic, i % PARTITIONS, "id", image));
      }
      sent = meter.read("broker", 1, count - uncounted);
      producer.commitTransaction();
    }
    delete(topics);
    return sent;
  }

  /** Images published by a producer from their files. */
  Measurement publish() throws Exception {
    Topics topics = create();
    ProducerOptions options = new ProducerOptions(1, 0, MAX_IMAGE_BYTES, Long.MAX_VALUE);
    Measurement published;
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<?> running;
      try (ImageProducer producer =
          new ImageProducer(options, topics, kafka, dataset, InstantSource.system())) {
        running = thread.submit(producer::run);
        await(producer, uncounted, running);
        long before = producer.published();
        Meter meter = new Meter(brokerNanos);
        await(producer, count, running);
        published = meter.read("producer", READERS, producer.published() - before);
      }
      running.get();
    }
    delete(topics);
    return published;
  }

  private static void await(ImageProducer producer, int images, Future<?> running)
      throws InterruptedException {
    while (producer.published() < images && !running.isDone()) {
      Thread.sleep(1);
    }
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
    Thread.sleep(DELETION_MILLIS);
  }
}
