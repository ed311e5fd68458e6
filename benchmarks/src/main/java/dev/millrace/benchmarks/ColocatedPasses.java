package dev.millrace.benchmarks;

import static java.util.Comparator.comparingDouble;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.ColocatedFeed;
import dev.millrace.producer.ImageProducer;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.Feed;
import dev.millrace.trainer.MinibatchStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/**
 * Images from their topic to minibatches, with and without the tensors topic between. Broker,
 * augmenter and reader are in this process, so all their CPU time counts; publishing does not.
 */
final class ColocatedPasses {
  private static final int PARTITIONS = 4;
  private static final int MIB = 1 << 20;
  private static final int MINIBATCH = 128;
  private static final int DELETE_EVERY = 8; // minibatches
  private static final int READ_SHARE = 4; // of the images: their tensors are all there at once
  private static final int READINGS = 6;
  private static final int LOOK_MILLIS = 50;

  private final Path folder;
  private final Path data;
  private final int threads;
  private final int images;

  /**
   * Prepares it.
   *
   * @param folder where the broker keeps its topics
   * @param data the images
   * @param threads threads that augment
   * @param images images a pass, at least
   */
  ColocatedPasses(Path folder, Path data, int threads, int images) {
    this.folder = folder;
    this.data = data;
    this.threads = threads;
    this.images = images;
  }

  private record Turn(Measurement throughTopic, Measurement reading, Measurement colocated) {}

  /**
   * Measures, by turns: so a machine that is slower for a while is so for all.
   *
   * @param name of what kind the images are
   * @param report gets the turns in the middle
   */
  ColocatedCost run(String name, int turns, Consumer<Measurement> report) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, "127.0.0.1", 0, Map.of());
        Dataset dataset = Dataset.open(data, 0, 1)) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
      List<Turn> all = new ArrayList<>();
      for (int turn = 0; turn <= turns; turn++) {
        Turn measured = turn(name, "turn-" + turn, kafka, dataset);
        if (turn > 0) { // the first one warms up
          all.add(measured);
        }
      }
      Measurement through = median(all.stream().map(Turn::throughTopic).toList());
      Measurement reading = median(all.stream().map(Turn::reading).toList());
      Measurement colocated = median(all.stream().map(Turn::colocated).toList());
      List.of(through, reading, colocated).forEach(report);
      return ColocatedCost.of(through, reading, colocated);
    }
  }

  private static Measurement median(List<Measurement> turns) {
    return turns.stream()
        .sorted(comparingDouble(Measurement::perCpuSecond))
        .toList()
        .get(turns.size() / 2);
  }

  private Turn turn(String name, String prefix, Map<String, Object> kafka, Dataset dataset)
      throws Exception {
    Topics topics = new Topics(prefix);
    Topics full = new Topics(prefix + "-full");
    long total = publish(images, topics, kafka, dataset);
    long few = publish(Math.ceilDiv(images, READ_SHARE), full, kafka, dataset);
    Measurement reading = reading(name, full, kafka, few);
    Turn turn =
        new Turn(
            throughTopic(name, topics, kafka, total, reading),
            reading,
            colocated(name, topics, kafka, total));
    try (Admin admin = Admin.create(kafka)) {
      admin.deleteTopics(admin.listTopics().names().get()).all().get();
    }
    return turn;
  }

  private static long publish(
      int atLeast, Topics topics, Map<String, Object> kafka, Dataset dataset)
      throws InterruptedException {
    try (Admin admin = Admin.create(kafka)) {
      topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, 16 * MIB));
    }
    int epochs = Math.ceilDiv(atLeast, dataset.size(Split.TRAIN));
    ProducerOptions options = new ProducerOptions(1, epochs, 16 * MIB, Long.MAX_VALUE);
    try (ImageProducer producer =
        new ImageProducer(options, topics, kafka, dataset, InstantSource.system())) {
      return producer.run().images();
    }
  }

  private AugmenterOptions options() {
    return AugmenterOptions.builder()
        .threads(threads)
        .maxAheadBytes(Long.MAX_VALUE)
        .purgeImages(false)
        .build();
  }

  // The clock starts when some were augmented: joining a group is no part of the work. These are
  // not counted, nor is what their reading takes.
  private Measurement throughTopic(
      String name, Topics topics, Map<String, Object> kafka, long total, Measurement reading)
      throws Exception {
    try (AugmenterService augmenter = new AugmenterService(options(), topics, kafka);
        MinibatchStream minibatches = stream(new Feed.Tensors(), topics, kafka)) {
      augmenter.start();
      while (done(augmenter) < total / 8) {
        Thread.sleep(5);
      }
      Meter meter = new Meter();
      long before = done(augmenter);
      long read = readUntil(total, minibatches, 0, true);
      long augmented = done(augmenter) - before;
      Measurement all = meter.read(name + ".tensors-topic", threads, augmented);
      double more = Math.max(0, read - augmented) / reading.perCpuSecond();
      return new Measurement(
          all.name(), threads, augmented, all.seconds(), all.cpuSeconds() - more);
    }
  }

  private static long done(AugmenterService augmenter) {
    return augmenter.counts().images() + augmenter.counts().deadLetters();
  }

  private Measurement colocated(String name, Topics topics, Map<String, Object> kafka, long total)
      throws Exception {
    Feed feed = ColocatedFeed.of(OptionalInt.of(threads), options(), topics, kafka);
    try (MinibatchStream minibatches = stream(feed, topics, kafka)) {
      long begin = readUntil(total / 4, minibatches, 0, false);
      Meter meter = new Meter();
      long end = readUntil(total, minibatches, begin, false);
      return meter.read(name + ".colocated", threads, end - begin);
    }
  }

  // Reading alone is fast: a few times over the same tensors.
  private Measurement reading(String name, Topics topics, Map<String, Object> kafka, long total)
      throws Exception {
    try (AugmenterService augmenter = new AugmenterService(options(), topics, kafka)) {
      augmenter.start();
      while (done(augmenter) < total) {
        Thread.sleep(LOOK_MILLIS);
      }
    }
    Meter meter = new Meter();
    for (int i = 0; i < READINGS; i++) {
      try (MinibatchStream minibatches = stream(new Feed.Tensors(), topics, kafka)) {
        readUntil(total, minibatches, 0, false);
      }
    }
    return meter.read(name + ".tensors-topic.reading", 1, READINGS * total);
  }

  private static MinibatchStream stream(Feed feed, Topics topics, Map<String, Object> kafka)
      throws InterruptedException {
    int size = AugmenterOptions.builder().build().crop();
    return new MinibatchStream(feed, topics, kafka, size, MINIBATCH);
  }

  private static long readUntil(
      long images, MinibatchStream minibatches, long before, boolean deleting)
      throws InterruptedException {
    long read = before;
    for (int i = 1; read < images; i++) {
      read += minibatches.next(deleting && i % DELETE_EVERY == 0);
    }
    return read;
  }
}
