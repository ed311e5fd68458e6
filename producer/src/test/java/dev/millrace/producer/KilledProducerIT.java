package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class KilledProducerIT {
  private static final int PARTITIONS = 4;

  @TempDir private static Path directory;
  private static TestBroker broker;

  @TempDir private Path data;
  private final List<Process> processes = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    broker = new TestBroker(directory.resolve("broker"));
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
  void shouldPublishEveryImageOnceAlthoughItsProcessIsKilled() throws Exception {
    // At most some hundred images a second, so that the moments come while it publishes.
    kill("slow", 1000, 10_000, 1 << 20, List.of(1, 150, 400, 899, 900, 901, 1100, 1400));
  }

  @Test
  void shouldPublishEveryImageOnceAlthoughItIsKilledAtFullSpeed() throws Exception {
    kill("fast", 2000, 50_000, 1 << 30, List.of(1, 700, 2000));
  }

  private void kill(String prefix, int files, int bytes, long aheadBytes, List<Integer> moments)
      throws Exception {
    TestDataset.write(data, files, bytes);
    Topics topics = broker.create(prefix, PARTITIONS);
    Set<String> broken = new TreeSet<>();

    try (Dataset dataset = TestDataset.open(data);
        ImageReader reader = new ImageReader(broker, topics, Split.TRAIN, PARTITIONS)) {
      for (int position : new int[] {3, 77, 78, 500, 880}) {
        String id = dataset.image(Split.TRAIN, position).id();
        Files.write(data.resolve(id), new byte[0]);
        broken.add(id);
      }
      for (int moment : moments) {
        Process process = start(prefix, aheadBytes);
        TestBroker.await(
            moment + " images", () -> reader.poll().acknowledge().images().size() >= moment);
        process.destroyForcibly().waitFor();
      }
      Process last = start(prefix, aheadBytes);
      TestBroker.await(
          "all epochs", () -> reader.poll().acknowledge().epochEnds() == 2 * PARTITIONS);

      assertThat(last.waitFor()).isZero();
      assertThat(reader.pollAll().seen())
          .isEqualTo(ImageReader.expected(dataset, Split.TRAIN, 1, 2, PARTITIONS, broken));
      List<String> expected = new ArrayList<>();
      broken.forEach(id -> expected.addAll(List.of("0 " + id, "1 " + id)));
      assertThat(deadLetters(topics)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private Process start(String prefix, long aheadBytes) throws Exception {
    Process process =
        ProducerProcess.start(broker, prefix, data, aheadBytes, directory.resolve(prefix + ".log"));
    processes.add(process);
    return process;
  }

  private static List<String> deadLetters(Topics topics) throws Exception {
    List<String> letters = new ArrayList<>();
    try (Consumer<String, DeadLetter> consumer = broker.reader(topics.deadLetters(), 1)) {
      TestBroker.await(
          "10 dead letters",
          () -> {
            consumer
                .poll(Duration.ofMillis(20))
                .forEach(letter ->
                    letters.add(letter.value().getEpoch() + " " + letter.value().getId()));
            return letters.size() >= 10;
          });
      consumer
          .poll(Duration.ofMillis(500))
          .forEach(letter -> letters.add("more: " + letter.value().getId()));
    }
    return letters;
  }
}
