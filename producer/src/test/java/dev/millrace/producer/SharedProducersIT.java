package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several producers of one dataset. */
@Timeout(120)
class SharedProducersIT {
  private static final int PARTITIONS = 5;
  private static final int WITHOUT_END = 0;
  private static final int IMAGE_MILLIS = 4;

  @TempDir private static Path directory;
  private static TestBroker broker;
  private static List<String> classes;

  @TempDir private Path data;
  private final List<Process> processes = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    broker = new TestBroker(directory.resolve("broker"));
    classes = SharedClasses.options(directory);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @AfterEach
  void killAll() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void shouldPublishWhatOneWouldAlthoughOneIsKilledAndTheirNumberChanges() throws Exception {
    TestDataset.write(data, 200, 100);
    TestStream stream = new TestStream(broker, broker.create("changing", PARTITIONS));

    try (Dataset dataset = TestDataset.open(data);
        ImageReader reader = new ImageReader(broker, stream.topics(), Split.TRAIN, PARTITIONS)) {
      String broken = dataset.image(Split.TRAIN, 7).id();
      Files.write(data.resolve(broken), new byte[0]);
      Process second = process("2/3");
      CompletableFuture<ProducerSummary> first = slow("1/3", dataset, stream);
      CompletableFuture<ProducerSummary> third = slow("3/3", dataset, stream);
      TestBroker.await("images of all three", () -> from(reader.poll()) == PARTITIONS);
      second.destroyForcibly().waitFor();
      int before = reader.pollAll().seen().get(1).size();
      second = process("2/3");
      TestBroker.await("more of the second", () -> reader.poll().seen().get(1).size() > before);

      stream.producer(options(1, "1/2"), dataset).run(); // there is nothing to do but stop those
      int epochs = 3 + newestEpoch(reader.pollAll());
      ImageProducer one = stream.producer(options(epochs, "1/2"), dataset);
      ImageProducer other = stream.producer(options(epochs, "2/2"), dataset);
      CompletableFuture<ProducerSummary> run = TestStream.runAside(one);
      other.run();
      run.get(40, TimeUnit.SECONDS);

      assertThat(second.waitFor()).isNotZero();
      for (CompletableFuture<ProducerSummary> stopped : List.of(first, third)) {
        assertThatThrownBy(() -> stopped.get(40, TimeUnit.SECONDS))
            .hasCauseInstanceOf(PublishException.class)
            .hasMessageContaining("another producer has begun to publish");
      }
      assertThat(reader.pollAll().seen())
          .isEqualTo(
              ImageReader.expected(dataset, Split.TRAIN, 1, epochs, PARTITIONS, Set.of(broken)));
      assertThat(stream.deadLetters())
          .hasSize(epochs)
          .extracting(DeadLetter::getId)
          .containsOnly(broken);
      assertThat(
              Set.copyOf(
                  stream.records(stream.topics().classes()).stream()
                      .map(ClassList::getId)
                      .toList()))
          .hasSize(1);
      assertThat(one.passed()).isEqualTo(one.total());
      assertThat(other.passed()).isEqualTo(other.total());
      assertThat(one.total() + other.total()).isEqualTo(20 + epochs * 180L);
    }
    try (Dataset dataset = TestDataset.open(data);
        ImageReader reader =
            new ImageReader(broker, stream.topics(), Split.VALIDATION, PARTITIONS)) {
      assertThat(reader.pollAll().seen())
          .isEqualTo(ImageReader.expected(dataset, Split.VALIDATION, 1, 1, PARTITIONS, Set.of()));
    }
  }

  @Test
  void shouldKeepTheSumOfWhatWaitsUnderTheBound() throws Exception {
    TestDataset.write(data, 200, 20_000); // 26.2 images to 512 KiB
    TestStream stream = new TestStream(broker, broker.create("bounded", PARTITIONS));

    try (Dataset dataset = TestDataset.open(data);
        ImageReader reader = new ImageReader(broker, stream.topics(), Split.TRAIN, PARTITIONS);
        ImageProducer other = stream.producer(options(1, 1 << 20, "2/2"), dataset)) {
      ImageProducer one = stream.producer(options(1, 1 << 20, "1/2"), dataset);
      CompletableFuture<ProducerSummary> run = TestStream.runAside(one);
      TestBroker.await("held back", () -> reader.poll().images().size() >= 27);
      CompletableFuture<ProducerSummary> otherRun = TestStream.runAside(other);
      TestBroker.await("held back, too", () -> reader.poll().images().size() >= 54);

      assertThat(reader.pollAll().images()).hasSize(54);
      // The other's images do not count when one starts again.
      one.close();
      run.get(10, TimeUnit.SECONDS);
      reader.acknowledge();
      try (ImageProducer again = stream.producer(options(1, 1 << 20, "1/2"), dataset)) {
        CompletableFuture<ProducerSummary> rerun = TestStream.runAside(again);
        TestBroker.await("the rest", () -> reader.poll().acknowledge().epochEnds() == PARTITIONS);
        rerun.get(10, TimeUnit.SECONDS);
        otherRun.get(10, TimeUnit.SECONDS);
      }
      assertThat(reader.seen())
          .isEqualTo(ImageReader.expected(dataset, Split.TRAIN, 1, 1, PARTITIONS, Set.of()));
    }
  }

  @Test
  void shouldRefuseMoreProducersThanPartitions() throws Exception {
    TestDataset.write(data, 8, 100);
    TestStream stream = new TestStream(broker, broker.create("few", PARTITIONS));

    try (Dataset dataset = TestDataset.open(data);
        ImageProducer producer = stream.producer(options(1, "1/6"), dataset)) {
      assertThatThrownBy(producer::run)
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("Cannot publish shard 1/6")
          .hasMessageContaining("start 5 producers at most (--shard 1/5)");
    }
  }

  @Test
  void shouldStopWhenAnotherPublishesInAnotherOrder() throws Exception {
    TestDataset.write(data, 2000, 100); // an end of an epoch tells nothing of the order
    TestStream stream = new TestStream(broker, broker.create("seeds", PARTITIONS));

    try (Dataset dataset = TestDataset.open(data);
        ImageReader reader = new ImageReader(broker, stream.topics(), Split.TRAIN, PARTITIONS)) {
      CompletableFuture<ProducerSummary> first = slow("1/2", dataset, stream);
      TestBroker.await("images", () -> !reader.poll().images().isEmpty());
      ProducerOptions reseeded =
          new ProducerOptions(2, 1, 1 << 20, 1 << 30).of(ProducerShare.parse("2/2"));

      assertThatThrownBy(() -> stream.producer(reseeded, dataset).run())
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("where this dataset and --seed 2 have");
      assertThat(first).isNotDone();
      stream.producer(options(1, "1/2"), dataset).run();
      assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS))
          .hasMessageContaining("another producer has begun to publish");
    }
  }

  private static ProducerOptions options(int epochs, String share) {
    return options(epochs, 1 << 30, share);
  }

  private static ProducerOptions options(int epochs, long aheadBytes, String share) {
    return new ProducerOptions(1, epochs, 1 << 20, aheadBytes).of(ProducerShare.parse(share));
  }

  private static CompletableFuture<ProducerSummary> slow(
      String share, Dataset dataset, TestStream stream) {
    InstantSource clock = ProducerProcess.clock(IMAGE_MILLIS);
    return TestStream.runAside(stream.producer(options(WITHOUT_END, share), dataset, clock));
  }

  private Process process(String share) throws Exception {
    ProducerProcess.Order order =
        new ProducerProcess.Order("changing", data, WITHOUT_END, 1 << 30, IMAGE_MILLIS, share);
    Process process =
        ProducerProcess.start(broker, classes, order, directory.resolve("second.log"));
    processes.add(process);
    return process;
  }

  // How many partitions have images.
  private static int from(ImageReader reader) {
    return (int) reader.seen().stream().filter(partition -> !partition.isEmpty()).count();
  }

  private static int newestEpoch(ImageReader reader) {
    return reader.images().stream().mapToInt(Image::getEpoch).max().orElseThrow();
  }
}
