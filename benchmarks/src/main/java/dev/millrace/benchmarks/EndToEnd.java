package dev.millrace.benchmarks;

import static java.util.Comparator.comparingDouble;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.producer.ImageProducer;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.ProducerSummary;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;

/**
 * Images through an embedded broker: published, then augmented from their topic and read as
 * tensors. Broker, producer, augmenter and reader are in this process, so all their CPU time
 * counts.
 */
final class EndToEnd {
  private static final int PARTITIONS = 4;
  private static final int MIB = 1 << 20;
  private static final int TURNS = 3;
  private static final int WARM_UP_IMAGES = 8_000;

  // Part of the names of Streams' threads and of their producers'.
  private static final String STREAM_THREADS = "StreamThread";

  private final Path folder;
  private final Path data;
  private final int epochs;
  private final Consumer<Measurement> report;
  private final BiConsumer<String, Double> figures;

  /**
   * Prepares it.
   *
   * @param epochs how often the images go through
   * @param report gets what was measured; of the augmenter's own threads, which would run beside
   *     the broker's where there are processors enough, under the name with ".worker"
   * @param figures gets other figures
   */
  EndToEnd(
      Path folder,
      Path data,
      int epochs,
      Consumer<Measurement> report,
      BiConsumer<String, Double> figures) {
    this.folder = folder;
    this.data = data;
    this.epochs = epochs;
    this.report = report;
    this.figures = figures;
  }

  // By turns, so that a machine that is slower for a while is so for any number of threads; of the
  // turns the one in the middle is reported.
  void run(String name, List<Integer> threads) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, "127.0.0.1", 0, Map.of());
        Dataset dataset = Dataset.open(data, 0, 1)) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
      pass("", "warm-up", 2, 1 + WARM_UP_IMAGES / dataset.size(Split.TRAIN), kafka, dataset);
      Map<Integer, List<List<Measurement>>> passes = new TreeMap<>();
      for (int turn = 0; turn < TURNS; turn++) {
        for (int t : threads) {
          passes
              .computeIfAbsent(t, _ -> new ArrayList<>())
              .add(pass(name, "turn-" + turn, t, Math.max(1, epochs / TURNS), kafka, dataset));
        }
      }
      passes.values().forEach(this::reportMedians);
      start(name, kafka, dataset);
    }
  }

  private void reportMedians(List<List<Measurement>> passes) {
    for (int i = 0; i < passes.getFirst().size(); i++) {
      int which = i;
      List<Measurement> turns =
          passes.stream()
              .map(pass -> pass.get(which))
              .sorted(comparingDouble(Measurement::perCpuSecond))
              .toList();
      report.accept(turns.get(turns.size() / 2));
    }
  }

  private static List<Measurement> pass(
      String name, String turn, int threads, int epochs, Map<String, Object> kafka, Dataset dataset)
      throws Exception {
    Topics topics = create(turn + "-" + threads, kafka);
    Measurement published = publish(name + ".publish", epochs, kafka, topics, dataset);
    List<Measurement> all = new ArrayList<>(List.of(published));
    all.addAll(augment(name, threads, kafka, topics, published.images()));
    try (Admin admin = Admin.create(kafka)) {
      admin.deleteTopics(admin.listTopics().names().get()).all().get();
    }
    return all;
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
  private static List<Measurement> augment(
      String name, int threads, Map<String, Object> kafka, Topics topics, long total)
      throws InterruptedException {
    AugmenterOptions options =
        AugmenterOptions.builder().threads(threads).maxAheadBytes(Long.MAX_VALUE).build();
    try (AugmenterService augmenter = new AugmenterService(options, topics, kafka);
        TensorCounter counter =
            new TensorCounter(kafka, topics, PARTITIONS, () -> deadLetters(augmenter))) {
      augmenter.start();
      counter.readUntil(total / 4);
      Meter meter = new Meter();
      double before = ThreadTimes.seconds(STREAM_THREADS);
      long done = augmenter.counts().images();
      counter.readUntil(total);
      double own = ThreadTimes.seconds(STREAM_THREADS) - before;
      Measurement all = meter.read(name, threads, augmenter.counts().images() - done);
      return List.of(
          all, new Measurement(name + ".worker", threads, all.images(), all.seconds(), own));
    }
  }

  private static long deadLetters(AugmenterService augmenter) {
    augmenter
        .failure()
        .ifPresent(failure -> {
          throw new IllegalStateException("The augmenter failed", failure);
        });
    return augmenter.counts().deadLetters();
  }

  /** How soon a worker has its first tensor, and how much memory it takes for all of them. */
  private void start(String name, Map<String, Object> kafka, Dataset dataset) throws Exception {
    Topics topics = create(name.replace('.', '-') + "-process", kafka);
    long total = publish("", Math.max(1, epochs / TURNS), kafka, topics, dataset).images();
    Path log = Files.createTempFile("millrace-worker", ".log");
    try (Worker worker = Worker.start(String.valueOf(kafka.get("bootstrap.servers")), topics, log);
        TensorCounter counter = new TensorCounter(kafka, topics, PARTITIONS, worker::noneIfAlive)) {
      counter.readUntil(1);
      figures.accept(name + ".process.first_tensor_s", worker.secondsSinceStart());
      counter.readUntil(total);
      figures.accept(name + ".process.heap_512m.peak_mib", worker.peakMebibytes());
    } catch (IllegalStateException e) {
      throw new IllegalStateException(Files.readString(log), e);
    }
    Files.delete(log);
  }
}
