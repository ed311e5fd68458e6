package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.ImageRetention;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a producer leaves out, and what it refuses to publish. */
@Timeout(120)
class ProducerRefusalsIT {
  private static final ProducerOptions TWO_EPOCHS = new ProducerOptions(1, 2, 1 << 20, 1 << 30);
  private static final ProducerOptions HELD = new ProducerOptions(1, 2, 1 << 20, 1 << 20);

  @TempDir private static Path directory;
  private static TestBroker broker;

  @TempDir private Path data;
  private TestStream stream;

  @BeforeAll
  static void start() throws Exception {
    broker = new TestBroker(directory.resolve("broker"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) throws InterruptedException {
    stream = TestStream.create(broker, test);
  }

  @Test
  void shouldMakeDeadLettersOfFilesThatCannotBePublishedAndGoOn() throws Exception {
    TestDataset.write(data, 40, 500);
    Set<String> bad = Set.of("ant/0000.jpg", "bee/0013.jpg", "cat/0018.jpg", "dog/0035.jpg");

    try (Dataset dataset = Dataset.open(data, 0, 1);
        ImageReader train = stream.reader(Split.TRAIN)) {
      Files.delete(data.resolve("ant/0000.jpg"));
      Files.write(data.resolve("bee/0013.jpg"), new byte[0]);
      Files.write(data.resolve("cat/0018.jpg"), new byte[10_000]);
      Files.delete(data.resolve("dog/0035.jpg"));
      Files.createDirectory(data.resolve("dog/0035.jpg")); // cannot be read, by root neither
      ProducerOptions options = new ProducerOptions(1, 2, 8192, 1 << 30);
      ProducerSummary summary = stream.producer(options, dataset).run();

      assertThat(summary).isEqualTo(new ProducerSummary(72, 72 * 500, 8));
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * TestStream.PARTITIONS);
      assertThat(train.seen()).isEqualTo(TestStream.expected(dataset, Split.TRAIN, 2, bad));
      assertThat(stream.deadLetters()).hasSize(8);
      assertThat(reason("ant/0000.jpg")).contains("NoSuchFile", data.resolve("ant").toString());
      assertThat(reason("bee/0013.jpg")).isEqualTo("the file is empty");
      assertThat(reason("cat/0018.jpg"))
          .isEqualTo("the file may have 8192 bytes at most (--max-image-size), found 10000");
      assertThat(reason("dog/0035.jpg")).contains("Is a directory");
      DeadLetter letter = stream.deadLetters().getFirst();
      assertThat(letter.getStage()).isEqualTo("read");
      assertThat(letter.getSource()).isEqualTo(data.resolve(letter.getId()).toString());
      assertThat(letter.getFailedAt()).isEqualTo(TestStream.NOW);
    }
  }

  @Test
  void shouldMakeADeadLetterOnceAlthoughItIsRunAgain() throws Exception {
    TestDataset.write(data, 12, 500);

    try (Dataset dataset = Dataset.open(data, 0, 1);
        ImageReader train = stream.reader(Split.TRAIN)) {
      // The last image of each partition's, so that the topic does not tell that they are done.
      int[] order = dataset.order(Split.TRAIN, 1, 0);
      for (int sequence : new int[] {9, 10, 11, 4}) {
        Files.delete(data.resolve(dataset.image(Split.TRAIN, order[sequence]).id()));
      }
      ImageProducer[] stopped = new ImageProducer[1];
      // Stopped by its own clock when everything but the epoch's end has been published.
      int[] asked = {0};
      InstantSource clock =
          () -> {
            if (asked[0]++ == 12) {
              stopped[0].close();
            }
            return TestStream.NOW;
          };
      stopped[0] = stream.producer(TWO_EPOCHS, dataset, clock);
      stopped[0].run();
      assertThat(train.poll().epochEnds()).isZero();
      stream.producer(new ProducerOptions(1, 1, 1024, 1 << 30), dataset).run();

      TestBroker.await("the epoch", () -> train.poll().epochEnds() == TestStream.PARTITIONS);
      assertThat(stream.deadLetters())
          .extracting(DeadLetter::getSequence)
          .containsExactlyInAnyOrder(4L, 9L, 10L, 11L);
    }
  }

  @Test
  void shouldStopWhenMostFilesCannotBeRead() throws Exception {
    TestDataset.write(data, 200, 500);

    try (Dataset dataset = Dataset.open(data, 0, 1)) {
      for (String folder : List.of("ant", "bee", "cat")) {
        Files.move(data.resolve(folder), data.resolve("gone-" + folder));
      }

      assertThatThrownBy(() -> stream.producer(TWO_EPOCHS, dataset).run())
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("at most half of the files may be dead letters")
          .hasMessageContaining("of the latest 100");
    }
  }

  @Test
  void shouldRefuseToGoOnWithAnotherSeedOrOtherImages() throws Exception {
    TestDataset.write(data, 40, 20_000);
    Path more = Files.createDirectory(data.resolve("../" + data.getFileName() + "-more"));
    TestDataset.write(more, 44, 20_000);

    try (Dataset dataset = Dataset.open(data, 0, 1);
        Dataset larger = Dataset.open(more, 0, 1);
        ImageReader train = stream.reader(Split.TRAIN)) {
      ImageProducer producer = stream.producer(HELD, dataset);
      CompletableFuture<ProducerSummary> run = TestStream.runAside(producer);
      TestBroker.await("held back", () -> train.poll().images().size() >= 53);
      producer.close();
      run.get(10, TimeUnit.SECONDS);

      assertThatThrownBy(
              () -> stream.producer(new ProducerOptions(2, 2, 1 << 20, 1 << 20), dataset).run())
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("of epoch 1, where this dataset and --seed 2 have")
          .hasMessageContaining("use the same data, --seed and --shuffle-buffer as before");
      assertThatThrownBy(() -> stream.producer(HELD, larger).run())
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("this dataset has 44 train images");
    }
  }

  @Test
  void shouldLeaveNoGapWhenTheBrokerRefusesAnImage() throws Exception {
    TestDataset.write(data, 60, 500);
    Files.write(data.resolve("bee/0021.jpg"), new byte[40_000]);
    limitRecords(20_000);

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = stream.reader(Split.TRAIN)) {
      assertThatThrownBy(() -> stream.producer(TWO_EPOCHS, dataset).run())
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("(bee/0021.jpg)")
          .hasMessageContaining("max.message.bytes");

      limitRecords(1 << 20);
      stream.producer(TWO_EPOCHS, dataset).run();
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * TestStream.PARTITIONS);
      assertThat(train.seen()).isEqualTo(TestStream.expected(dataset, Split.TRAIN, 2, Set.of()));
    }
  }

  @Test
  void shouldRefuseToBeFurtherAheadThanTheTopicKeeps() throws Exception {
    TestDataset.write(data, 8, 100);
    Topics small = new Topics("small");
    try (Admin admin = broker.admin()) {
      ImageRetention kept = new ImageRetention.Size(6 << 20); // 2 MiB a partition
      small.createMissing(
          admin, new TopicSettings(TestStream.PARTITIONS, (short) 1, 1 << 20, kept));
    }
    TestStream archive = new TestStream(broker, small);

    try (Dataset dataset = TestDataset.open(data)) {
      ProducerOptions far = new ProducerOptions(1, 1, 1 << 20, 3 << 20);
      assertThatThrownBy(() -> archive.producer(far, dataset).run())
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("it keeps 2 MiB in each of its 3 partitions")
          .hasMessageContaining("readers may be 3 MiB behind (--images-ahead)")
          .hasMessageContaining("retention.bytes to 3145728 or more");
      assertThat(archive.producer(HELD, dataset).run().images()).isPositive();
    }
  }

  @Test
  void shouldSayWhichTopicIsMissing() throws Exception {
    TestDataset.write(data, 8, 100);

    try (Dataset dataset = TestDataset.open(data);
        ImageProducer producer =
            new TestStream(broker, new Topics("nowhere")).producer(TWO_EPOCHS, dataset)) {
      assertThatThrownBy(producer::run)
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("topic nowhere.classes does not exist");
    }
  }

  private void limitRecords(int bytes) throws InterruptedException, ExecutionException {
    try (Admin admin = broker.admin()) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(
                      ConfigResource.Type.TOPIC, stream.topics().images(Split.TRAIN).name()),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("max.message.bytes", Integer.toString(bytes)),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  private String reason(String id) throws Exception {
    return stream.deadLetters().stream()
        .filter(letter -> letter.getId().equals(id))
        .findFirst()
        .orElseThrow()
        .getReason();
  }
}
