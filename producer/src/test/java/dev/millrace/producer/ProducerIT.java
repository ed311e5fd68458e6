package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.ClassLists;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Split;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a producer publishes, and how it goes on after any stop. */
@Timeout(120)
class ProducerIT {
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
  void shouldPublishEveryImageOnceAnEpochInItsPartition() throws Exception {
    List<String> ids = TestDataset.write(data, 100, 500);

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = stream.reader(Split.TRAIN);
        ImageReader validation = stream.reader(Split.VALIDATION)) {
      ProducerSummary summary = stream.producer(TWO_EPOCHS, dataset).run();

      assertThat(summary).isEqualTo(new ProducerSummary(192, 192 * 500, 0));
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * TestStream.PARTITIONS);
      TestBroker.await("validation", () -> validation.poll().epochEnds() == TestStream.PARTITIONS);
      assertThat(train.seen()).isEqualTo(TestStream.expected(dataset, Split.TRAIN, 2, Set.of()));
      assertThat(validation.seen())
          .isEqualTo(TestStream.expected(dataset, Split.VALIDATION, 1, Set.of()));
      List<String> firstEpoch = ids(train.images(), 0);
      List<String> secondEpoch = ids(train.images(), 1);
      assertThat(firstEpoch).isNotEqualTo(secondEpoch);
      assertThat(firstEpoch).containsExactlyInAnyOrderElementsOf(secondEpoch);
      firstEpoch.addAll(ids(validation.images(), 0));
      assertThat(firstEpoch).containsExactlyInAnyOrderElementsOf(ids);
    }
  }

  @Test
  void shouldPublishWhatTheFileHolds() throws Exception {
    TestDataset.write(data, 8, 500);

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = stream.reader(Split.TRAIN)) {
      stream.producer(TWO_EPOCHS, dataset).run();

      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * TestStream.PARTITIONS);
      Image image =
          train.images().stream()
              .filter(some -> some.getId().equals("cat/0006.jpg"))
              .findFirst()
              .orElseThrow();
      assertThat(image.getLabel()).isEqualTo(2);
      assertThat(image.getSynset()).isEqualTo("cat");
      assertThat(image.getSplit()).isEqualTo(Split.TRAIN);
      assertThat(image.getSource()).isEqualTo(data.resolve("cat/0006.jpg").toString());
      assertThat(image.getPublishedAt()).isEqualTo(TestStream.NOW);
      assertThat(image.getBytes())
          .isEqualTo(ByteBuffer.wrap(Files.readAllBytes(data.resolve("cat/0006.jpg"))));
    }
  }

  @Test
  void shouldOrderBySeed() throws Exception {
    TestDataset.write(data, 40, 100);
    TestStream same = TestStream.create(broker, "same-seed");
    TestStream other = TestStream.create(broker, "other-seed");

    try (Dataset dataset = TestDataset.open(data)) {
      List<List<String>> first = publishedBy(1, stream, dataset);

      assertThat(publishedBy(1, same, dataset)).isEqualTo(first);
      assertThat(publishedBy(2, other, dataset)).isNotEqualTo(first);
    }
  }

  @Test
  void shouldPublishTheClassListOnceAndRefuseAnother() throws Exception {
    TestDataset.write(data, 20, 100);
    Path others = Files.createDirectory(data.resolve("../" + data.getFileName() + "-others"));
    TestDataset.write(others, 20, 100);
    Files.move(others.resolve("dog"), others.resolve("zebra"));

    try (Dataset dataset = TestDataset.open(data);
        Dataset other = TestDataset.open(others)) {
      stream.producer(TWO_EPOCHS, dataset).run();
      stream.producer(TWO_EPOCHS, dataset).run();

      List<ClassList> lists = stream.records(stream.topics().classes());
      assertThat(lists).hasSize(1);
      assertThat(lists.getFirst().getId())
          .isEqualTo(ClassLists.of(dataset.synsets(), dataset.names(), TestStream.NOW).getId());
      assertThat(lists.getFirst().getClasses())
          .extracting(LabeledClass::getSynset)
          .containsExactly("ant", "bee", "cat", "dog");
      assertThatThrownBy(() -> stream.producer(TWO_EPOCHS, other).run())
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("4 classes (ant, bee, cat, ...), this dataset has 4")
          .hasMessageContaining("use another --prefix");
    }
  }

  @Test
  void shouldPublishNothingMoreWhenAllIsPublished() throws Exception {
    TestDataset.write(data, 40, 100);

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = stream.reader(Split.TRAIN)) {
      stream.producer(TWO_EPOCHS, dataset).run();
      ProducerSummary again = stream.producer(TWO_EPOCHS, dataset).run();
      ProducerSummary more =
          stream.producer(new ProducerOptions(1, 3, 1 << 20, 1 << 30), dataset).run();

      assertThat(again).isEqualTo(new ProducerSummary(0, 0, 0));
      assertThat(more).isEqualTo(new ProducerSummary(36, 3600, 0));
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 3 * TestStream.PARTITIONS);
      assertThat(train.seen()).isEqualTo(TestStream.expected(dataset, Split.TRAIN, 3, Set.of()));
    }
  }

  @Test
  void shouldHoldBackUntilTheAugmentersHaveCaughtUp() throws Exception {
    TestDataset.write(data, 200, 20_000); // 3.6 MB an epoch, 52.4 images to 1 MiB

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = stream.reader(Split.TRAIN);
        ImageProducer producer = stream.producer(HELD, dataset)) {
      CompletableFuture<ProducerSummary> run = TestStream.runAside(producer);
      TestBroker.await("held back", () -> train.poll().images().size() >= 53);
      assertThat(train.images()).hasSize(53);

      train.acknowledge();
      TestBroker.await("the next", () -> train.poll().images().size() >= 106);
      assertThat(train.images()).hasSize(106);
      assertThat(run).isNotDone();

      TestBroker.await(
          "the rest", () -> train.poll().acknowledge().epochEnds() == 2 * TestStream.PARTITIONS);
      assertThat(run.get(10, TimeUnit.SECONDS).images()).isEqualTo(380);
      assertThat(train.seen()).isEqualTo(TestStream.expected(dataset, Split.TRAIN, 2, Set.of()));
    }
  }

  @Test
  void shouldHoldBackForATrainerThatAugmentsByItself() throws Exception {
    TestDataset.write(data, 200, 20_000); // 52.4 images to 1 MiB

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = stream.reader(Split.TRAIN);
        ImageProducer producer = stream.producer(HELD, dataset)) {
      CompletableFuture<ProducerSummary> run = TestStream.runAside(producer);
      TestBroker.await("held back", () -> train.poll().images().size() >= 53);
      train.progress(false);
      TestBroker.await("the next", () -> train.poll().images().size() >= 106);
      assertThat(train.images()).hasSize(106);

      // The slower of two readers decides, until it has finished.
      train.acknowledge();
      assertThat(train.images()).hasSize(106);
      assertThat(run).isNotDone();
      train.progress(true);
      TestBroker.await("more", () -> train.poll().images().size() >= 159);

      TestBroker.await(
          "the rest", () -> train.poll().acknowledge().epochEnds() == 2 * TestStream.PARTITIONS);
      assertThat(run.get(10, TimeUnit.SECONDS).images()).isEqualTo(380);
    }
  }

  @Test
  void shouldGoOnWhereItWasClosed() throws Exception {
    TestDataset.write(data, 200, 20_000);
    int runs = 0;
    long passed = 0;

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = stream.reader(Split.TRAIN)) {
      boolean done = false;
      while (!done) {
        int before = train.acknowledge().images().size();
        ImageProducer producer = stream.producer(HELD, dataset);
        CompletableFuture<ProducerSummary> run = TestStream.runAside(producer);
        TestBroker.await(
            "some more images", () -> train.poll().images().size() > before + 20 || run.isDone());
        producer.close();
        run.get(10, TimeUnit.SECONDS);
        assertThat(producer.passed()).isBetween(passed, producer.total());
        passed = producer.passed();
        runs++;
        done = train.pollAll().epochEnds() == 2 * TestStream.PARTITIONS;
      }

      assertThat(runs).isGreaterThan(4);
      assertThat(passed).isEqualTo(20 + 2 * 180);
      assertThat(train.seen()).isEqualTo(TestStream.expected(dataset, Split.TRAIN, 2, Set.of()));
    }
  }

  @Test
  void shouldStopWhenAnotherProducerBegins() throws Exception {
    TestDataset.write(data, 200, 20_000);

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = stream.reader(Split.TRAIN);
        ImageProducer first = stream.producer(HELD, dataset);
        ImageProducer second = stream.producer(HELD, dataset)) {
      CompletableFuture<ProducerSummary> one = TestStream.runAside(first);
      TestBroker.await("held back", () -> train.poll().images().size() >= 53);
      CompletableFuture<ProducerSummary> other = TestStream.runAside(second);
      TestBroker.await(
          "all epochs",
          () ->
              train.poll().acknowledge().epochEnds() == 2 * TestStream.PARTITIONS
                  || other.isDone());

      assertThat(other.get(10, TimeUnit.SECONDS).images()).isEqualTo(360 - 53);
      assertThatThrownBy(() -> one.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(PublishException.class)
          .hasMessageContaining("another producer has begun to publish");
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * TestStream.PARTITIONS);
      assertThat(train.seen()).isEqualTo(TestStream.expected(dataset, Split.TRAIN, 2, Set.of()));
    }
  }

  private static List<List<String>> publishedBy(long seed, TestStream to, Dataset dataset)
      throws Exception {
    try (ImageReader train = to.reader(Split.TRAIN);
        ImageProducer producer =
            to.producer(new ProducerOptions(seed, 2, 1 << 20, 1 << 30), dataset)) {
      producer.run();
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * TestStream.PARTITIONS);
      return train.seen();
    }
  }

  private static List<String> ids(List<Image> images, int epoch) {
    List<String> ids = new ArrayList<>();
    images.stream()
        .filter(image -> image.getEpoch() == epoch)
        .sorted((a, b) -> Long.compare(a.getSequence(), b.getSequence()))
        .forEach(image -> ids.add(image.getId()));
    return ids;
  }
}
