package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.producer.arrivals.Receipt;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Arrival;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Publishes images that arrive, through a real broker. */
@Timeout(120)
class ContinuousProducerIT {
  private static final int PARTITIONS = 3;

  @TempDir private static Path directory;
  private static TestBroker broker;

  @TempDir private Path data;
  private Topics topics = new Topics("unset");

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
    String name = test.getTestMethod().orElseThrow().getName();
    topics = broker.create(name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT), PARTITIONS);
  }

  private TestIngestion ingestion(ContinuousOptions options) throws Exception {
    return new TestIngestion(options, topics, broker.kafka()).open();
  }

  private ImageReader reader(Split split) {
    return new ImageReader(broker, topics, split, PARTITIONS);
  }

  private <V> List<V> records(Topic<V> topic) {
    List<V> values = new ArrayList<>();
    try (Consumer<String, V> consumer = broker.reader(topic, 1)) {
      long end = consumer.endOffsets(consumer.assignment()).values().iterator().next();
      while (consumer.position(consumer.assignment().iterator().next()) < end) {
        consumer.poll(Duration.ofMillis(20)).forEach(found -> values.add(found.value()));
      }
    }
    return values;
  }

  private static IncomingImage cat(int number) {
    return TestIngestion.image("cat/" + number, "cat", number);
  }

  private static Receipt published(int label, int epoch, long sequence) {
    return new Receipt.Published(label, epoch, sequence);
  }

  @Test
  void shouldGiveReceiptsOfWhatIsInTheTopicsAndGoOnBehindIt() throws Exception {
    try (TestIngestion first = ingestion(TestIngestion.OPTIONS)) {
      assertThat(first.take(cat(0), cat(1), cat(2), cat(3)))
          .containsExactly(
              published(0, 0, 0), published(0, 0, 1), published(0, 0, 2), published(0, 0, 3));
      assertThat(first.take(cat(1))).containsExactly(new Receipt.Known());
      assertThat(first.take(TestIngestion.image("cat/1", "cat", 99)))
          .containsExactly(new Receipt.Other());
      assertThat(first.stop().images()).isEqualTo(4);
    }
    try (TestIngestion second = ingestion(TestIngestion.OPTIONS);
        ImageReader train = reader(Split.TRAIN);
        ImageReader validation = reader(Split.VALIDATION)) {
      assertThat(second.take(cat(3), cat(4)))
          .containsExactly(new Receipt.Known(), published(0, 0, 4));

      assertThat(train.pollAll().seen())
          .containsExactly(
              List.of("0:0 cat/0", "0:3 cat/3"),
              List.of("0:1 cat/1", "0:4 cat/4"),
              List.of("0:2 cat/2"));
      assertThat(validation.pollAll().seen())
          .containsExactly(List.of("0:end 0"), List.of("0:end 0"), List.of("0:end 0"));
      assertThat(train.images())
          .filteredOn(image -> image.getId().equals("cat/0"))
          .extracting(Image::getBytes)
          .containsExactly(ByteBuffer.wrap(TestPictures.jpeg(0)));
      assertThat(records(topics.arrivals()))
          .extracting(Arrival::getId)
          .containsExactly("cat/0", "cat/1", "cat/2", "cat/3", "cat/4");
    }
  }

  @Test
  void shouldEndEpochsOfANumberOfImages() throws Exception {
    ContinuousOptions four = new ContinuousOptions(1 << 20, 1 << 30, 4, 100);
    try (TestIngestion first = ingestion(four)) {
      first.take(cat(0), cat(1), cat(2), cat(3), cat(4));
    }
    try (TestIngestion second = ingestion(four)) {
      second.take(cat(5), cat(6), cat(7));
    }
    try (TestIngestion third = ingestion(four);
        ImageReader train = reader(Split.TRAIN)) {
      assertThat(third.take(cat(8))).containsExactly(published(0, 2, 0));

      assertThat(train.pollAll().seen())
          .containsExactly(
              List.of(
                  "0:0 cat/0",
                  "0:3 cat/3",
                  "0:end 4",
                  "1:0 cat/4",
                  "1:3 cat/7",
                  "1:end 4",
                  "2:0 cat/8"),
              List.of("0:1 cat/1", "0:end 4", "1:1 cat/5", "1:end 4"),
              List.of("0:2 cat/2", "0:end 4", "1:2 cat/6", "1:end 4"));
    }
  }

  @Test
  void shouldAddClassesAtTheEndUntilThereAreEnough() throws Exception {
    ContinuousOptions three = new ContinuousOptions(1 << 20, 1 << 30, 0, 3);
    try (TestIngestion ingestion = ingestion(three)) {
      assertThat(
              ingestion.take(
                  TestIngestion.image("1", "zebra", 1), TestIngestion.image("2", "ant", 2)))
          .containsExactly(published(0, 0, 0), published(1, 0, 1));
    }
    try (TestIngestion ingestion = ingestion(three)) {
      List<Receipt> receipts =
          ingestion.take(
              TestIngestion.image("3", "bee", 3),
              TestIngestion.image("4", "zebra", 4),
              TestIngestion.image("5", "cat", 5),
              TestIngestion.image("6", "ant", 6));

      assertThat(receipts)
          .containsExactly(
              published(2, 0, 2),
              published(0, 0, 3),
              new Receipt.Rejected(
                  "class cat is not among the 3 that there may be (--max-classes)"),
              published(1, 0, 5));
      List<ClassList> lists = records(topics.classes());
      assertThat(lists.getLast().getClasses())
          .extracting(LabeledClass::getSynset)
          .containsExactly("zebra", "ant", "bee");
      DeadLetter letter = records(topics.deadLetters()).getFirst();
      assertThat(letter.getId()).isEqualTo("5");
      assertThat(letter.getSequence()).isEqualTo(4);
      assertThat(letter.getBytes()).isEqualTo(ByteBuffer.wrap(TestPictures.jpeg(5)));
    }
    try (TestIngestion ingestion = ingestion(three)) {
      assertThat(ingestion.take(TestIngestion.image("5", "cat", 5)))
          .containsExactly(new Receipt.Known());
      assertThat(ingestion.take(TestIngestion.image("7", "bee", 7)))
          .containsExactly(published(2, 0, 6));
      assertThat(records(topics.deadLetters())).hasSize(1);
    }
  }

  @Test
  void shouldHoldBackUntilReadersHaveCaughtUp() throws Exception {
    ContinuousOptions options = new ContinuousOptions(1 << 20, 1 << 20, 0, 100);
    try (TestIngestion ingestion = ingestion(options);
        ImageReader train = reader(Split.TRAIN)) {
      int most = 0;
      for (int bytes = 0; bytes < 1 << 20; most++) {
        IncomingImage image = cat(most);
        bytes += image.bytes().length;
        ingestion.queue.put(image);
      }
      TestBroker.await("holding back", ingestion.queue::isPaused);
      assertThat(ingestion.queue.offer(List.of(cat(-1)))).isFalse();
      IncomingImage late = cat(most);
      ingestion.queue.put(late);
      int before = most;
      TestBroker.await("all before", () -> train.poll().images().size() == before);
      assertThat(late.receipt()).isNotDone();

      train.acknowledge();
      assertThat(late.receipt().join()).isEqualTo(published(0, 0, most));
    }
  }

  @Test
  void shouldFollowOnWholeEpochsOfADatasetAndRefuseTheDatasetThen() throws Exception {
    TestDataset.write(data, 40, 100);
    try (Dataset dataset = TestDataset.open(data)) {
      dataset(dataset, 2).run();
      try (TestIngestion ingestion = ingestion(TestIngestion.OPTIONS)) {
        assertThat(ingestion.take(cat(0), TestIngestion.image("1", "eel", 1)))
            .containsExactly(published(2, 2, 0), published(4, 2, 1));
      }

      assertThatThrownBy(() -> dataset(dataset, 3).run())
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("they hold images that arrived")
          .hasMessageContaining("use another --prefix");
    }
  }

  @Test
  void shouldRefuseToAddToAnUnfinishedEpochOfADataset() throws Exception {
    TestDataset.write(data, 200, 20_000);
    ProducerOptions held = new ProducerOptions(1, 2, 1 << 20, 1 << 20);
    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = reader(Split.TRAIN)) {
      ImageProducer producer =
          new ImageProducer(held, topics, broker.kafka(), dataset, InstantSource.system());
      CompletableFuture<Void> run = CompletableFuture.runAsync(() -> run(producer));
      TestBroker.await("some", () -> train.poll().images().size() > 10);
      producer.close();
      run.get();
    }

    assertThatThrownBy(() -> ingestion(TestIngestion.OPTIONS).close())
        .hasCauseInstanceOf(PublishException.class)
        .hasMessageContaining("its epoch 0 is of a dataset and not published whole")
        .hasMessageContaining("--epochs 1");
  }

  @Test
  void shouldGiveWayToAnotherProducer() throws Exception {
    try (TestIngestion first = ingestion(TestIngestion.OPTIONS)) {
      first.take(cat(0));
      try (TestIngestion second = ingestion(TestIngestion.OPTIONS)) {
        IncomingImage late = cat(1);
        first.queue.put(late);

        assertThatThrownBy(first::end)
            .hasCauseInstanceOf(PublishException.class)
            .hasMessageContaining("another producer has begun");
        assertThat(late.receipt()).isCompletedExceptionally();
        assertThat(second.take(cat(1))).containsExactly(published(0, 0, 1));
      }
    }
  }

  private static void run(ImageProducer producer) {
    try {
      producer.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ImageProducer dataset(Dataset dataset, int epochs) {
    return new ImageProducer(
        new ProducerOptions(1, epochs, 1 << 20, 1 << 30),
        topics,
        broker.kafka(),
        dataset,
        InstantSource.system());
  }

  @Test
  void shouldPublishEachFileOnceAlthoughItsProcessIsKilledWhileTheyArrive() throws Exception {
    List<Process> processes = new ArrayList<>();
    Set<String> ids = new TreeSet<>();
    Path staging = Files.createDirectories(directory.resolve("staging"));
    Path log = directory.resolve("follow.log");
    for (int i = 0; i < 60; i++) {
      ids.add("bee/%d.jpg".formatted(i));
      TestPictures.write(data, "bee/%d.jpg".formatted(i), i);
    }
    try (ImageReader train = reader(Split.TRAIN);
        ImageReader validation = reader(Split.VALIDATION)) {
      int number = 1000;
      for (int kill = 0; kill < 3; kill++) {
        Process process = FollowProcess.start(broker, topics.prefix(), data, 50, log);
        processes.add(process);
        int seen = train.acknowledge().images().size();
        for (int folder = 0; folder < 2; folder++) {
          String name = "class-%d-%d".formatted(kill, folder);
          for (int i = 0; i < 40; i++) {
            ids.add("%s/%d.jpg".formatted(name, i));
            TestPictures.write(staging, "%s/%d.jpg".formatted(name, i), number++);
          }
          Files.move(staging.resolve(name), data.resolve(name));
        }
        int moment = 18 * kill;
        TestBroker.await("more images", () -> train.poll().images().size() > seen + moment);
        process.destroyForcibly().waitFor();
      }
      processes.add(FollowProcess.start(broker, topics.prefix(), data, 50, log));
      TestBroker.await(
          "all",
          () ->
              train.pollAll().images().size() + validation.pollAll().images().size() >= ids.size());

      List<String> found = new ArrayList<>();
      train.images().forEach(image -> found.add(image.getId()));
      validation.images().forEach(image -> found.add(image.getId()));
      assertThat(found).containsExactlyInAnyOrderElementsOf(ids);
      assertThat(train.seen()).isEqualTo(contiguous(train.images(), 50));
      assertThat(validation.epochEnds()).isEqualTo(PARTITIONS);
      assertThat(records(topics.arrivals()))
          .extracting(Arrival::getId)
          .containsExactlyInAnyOrderElementsOf(ids);
    } finally {
      for (Process process : processes) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  // What each partition must hold if every sequence of every epoch is there once, in order.
  private static List<List<String>> contiguous(List<Image> images, int epochImages) {
    List<List<String>> expected = new ArrayList<>();
    for (int p = 0; p < PARTITIONS; p++) {
      expected.add(new ArrayList<>());
    }
    for (int i = 0; i < images.size(); i++) {
      int epoch = i / epochImages;
      int sequence = i % epochImages;
      String id =
          images.stream()
              .filter(image -> image.getEpoch() == epoch && image.getSequence() == sequence)
              .map(Image::getId)
              .findFirst()
              .orElseThrow();
      expected.get(sequence % PARTITIONS).add("%d:%d %s".formatted(epoch, sequence, id));
      if (sequence == epochImages - 1) {
        expected.forEach(partition -> partition.add("%d:end %d".formatted(epoch, epochImages)));
      }
    }
    return expected;
  }
}
