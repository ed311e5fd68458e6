package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@Timeout(180)
class KilledProducerIT {
  private static final Logger LOG = LoggerFactory.getLogger(KilledProducerIT.class);
  private static final int PARTITIONS = 4;
  private static final int KILLS = 20;
  private static final int EPOCHS = 15;

  // A transaction takes a fifth of a second: a kill costs about half as many images.
  private static final int IMAGE_MILLIS = 1;
  private static final int MEAN_IMAGES = 250;

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
  void shouldPublishEveryImageOnceAlthoughItIsKilledAtRandomMoments() throws Exception {
    long seed = System.nanoTime();
    LOG.info("Moments by seed {}", seed);
    Random random = new Random(seed);
    TestDataset.write(data, 400, 100);
    Topics topics = broker.create("random", PARTITIONS);
    leaveClasses();
    ProducerProcess.Order order =
        new ProducerProcess.Order("random", data, EPOCHS, 1 << 30, IMAGE_MILLIS, "1/1");

    try (Dataset dataset = TestDataset.open(data);
        LogEnds ends = new LogEnds(broker, topics.images(Split.TRAIN), PARTITIONS);
        ImageReader reader = new ImageReader(broker, topics, Split.TRAIN, PARTITIONS)) {
      Set<String> broken = breakFiles(dataset, 3, 77, 200);
      List<Integer> committed = new ArrayList<>();
      for (int kill = 0; kill < KILLS; kill++) {
        long end = ends.sum() + random.nextInt(2 * MEAN_IMAGES);
        Process process = start(order);
        TestBroker.await("log end " + end, () -> ends.sum() >= end);
        process.destroyForcibly().waitFor();
        committed.add(reader.pollAll().images().size());
      }
      Process last = start(order);
      TestBroker.await("all epochs", () -> reader.poll().epochEnds() == EPOCHS * PARTITIONS);

      assertThat(last.waitFor()).isZero();
      assertThat(reader.pollAll().seen())
          .as("seed %d, committed at the kills: %s", seed, committed)
          .isEqualTo(ImageReader.expected(dataset, Split.TRAIN, 1, EPOCHS, PARTITIONS, broken));
      assertThat(deadLetters(topics)).containsExactlyInAnyOrderElementsOf(letters(broken, EPOCHS));
      // They came while it published: most found more there than the one before, and none all.
      assertThat(committed).as("seed %d", seed).allMatch(n -> n < reader.images().size());
      assertThat(new TreeSet<>(committed)).as("seed %d", seed).hasSizeGreaterThan(KILLS / 2);
    }
  }

  @Test
  void shouldPublishEveryImageOnceAlthoughItIsKilledAtFullSpeed() throws Exception {
    TestDataset.write(data, 2000, 50_000);
    Topics topics = broker.create("fast", PARTITIONS);
    ProducerProcess.Order order = new ProducerProcess.Order("fast", data, 2, 1 << 30, 0, "1/1");

    try (Dataset dataset = TestDataset.open(data);
        ImageReader reader = new ImageReader(broker, topics, Split.TRAIN, PARTITIONS)) {
      Set<String> broken = breakFiles(dataset, 3, 77, 78, 500, 880);
      for (int moment : List.of(1, 700, 2000)) {
        Process process = start(order);
        TestBroker.await(moment + " images", () -> reader.poll().images().size() >= moment);
        process.destroyForcibly().waitFor();
      }
      Process last = start(order);
      TestBroker.await("all epochs", () -> reader.poll().epochEnds() == 2 * PARTITIONS);

      assertThat(last.waitFor()).isZero();
      assertThat(reader.pollAll().seen())
          .isEqualTo(ImageReader.expected(dataset, Split.TRAIN, 1, 2, PARTITIONS, broken));
      assertThat(deadLetters(topics)).containsExactlyInAnyOrderElementsOf(letters(broken, 2));
    }
  }

  // A process that is killed leaves none to those that follow.
  private void leaveClasses() throws Exception {
    broker.create("first", PARTITIONS);
    assertThat(start(new ProducerProcess.Order("first", data, 1, 1 << 30, 0, "1/1")).waitFor())
        .isZero();
  }

  private Process start(ProducerProcess.Order order) throws Exception {
    Process process =
        ProducerProcess.start(broker, classes, order, directory.resolve(order.prefix() + ".log"));
    processes.add(process);
    return process;
  }

  private Set<String> breakFiles(Dataset dataset, int... positions) throws IOException {
    Set<String> broken = new TreeSet<>();
    for (int position : positions) {
      String id = dataset.image(Split.TRAIN, position).id();
      Files.write(data.resolve(id), new byte[0]);
      broken.add(id);
    }
    return broken;
  }

  private static List<String> letters(Set<String> broken, int epochs) {
    return IntStream.range(0, epochs)
        .boxed()
        .flatMap(epoch -> broken.stream().map(id -> epoch + " " + id))
        .toList();
  }

  private static List<String> deadLetters(Topics topics) throws Exception {
    return new TestStream(broker, topics)
        .deadLetters().stream().map(letter -> letter.getEpoch() + " " + letter.getId()).toList();
  }
}
