package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.ClassLists;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ProducerIT {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final int PARTITIONS = 3;
  private static final ProducerOptions TWO_EPOCHS = new ProducerOptions(1, 2, 1 << 20, 1 << 30);
  private static final ProducerOptions HELD = new ProducerOptions(1, 2, 1 << 20, 1 << 20);

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

  @Test
  void shouldPublishEveryImageOnceAnEpochInItsPartition() throws Exception {
    List<String> ids = TestDataset.write(data, 100, 500);

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = reader(Split.TRAIN);
        ImageReader validation = reader(Split.VALIDATION)) {
      ProducerSummary summary = producer(TWO_EPOCHS, dataset).run();

      assertThat(summary).isEqualTo(new ProducerSummary(192, 192 * 500, 0));
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * PARTITIONS);
      TestBroker.await("validation", () -> validation.poll().epochEnds() == PARTITIONS);
      assertThat(train.seen()).isEqualTo(expected(dataset, Split.TRAIN, 2, Set.of()));
      assertThat(validation.seen()).isEqualTo(expected(dataset, Split.VALIDATION, 1, Set.of()));
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
        ImageReader train = reader(Split.TRAIN)) {
      producer(TWO_EPOCHS, dataset).run();

      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * PARTITIONS);
      Image image =
          train.images().stream()
              .filter(some -> some.getId().equals("cat/0006.jpg"))
              .findFirst()
              .orElseThrow();
      assertThat(image.getLabel()).isEqualTo(2);
      assertThat(image.getSynset()).isEqualTo("cat");
      assertThat(image.getSplit()).isEqualTo(Split.TRAIN);
      assertThat(image.getSource()).isEqualTo(data.resolve("cat/0006.jpg").toString());
      assertThat(image.getPublishedAt()).isEqualTo(NOW);
      assertThat(image.getBytes())
          .isEqualTo(ByteBuffer.wrap(Files.readAllBytes(data.resolve("cat/0006.jpg"))));
    }
  }

  @Test
  void shouldOrderBySeed() throws Exception {
    TestDataset.write(data, 40, 100);
    Topics same = broker.create("same-seed", PARTITIONS);
    Topics other = broker.create("other-seed", PARTITIONS);

    try (Dataset dataset = TestDataset.open(data)) {
      List<List<String>> first = publishedBy(1, topics, dataset);

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
      producer(TWO_EPOCHS, dataset).run();
      producer(TWO_EPOCHS, dataset).run();

      List<ClassList> lists = records(topics.classes());
      assertThat(lists).hasSize(1);
      assertThat(lists.getFirst().getId())
          .isEqualTo(ClassLists.of(dataset.synsets(), dataset.names(), NOW).getId());
      assertThat(lists.getFirst().getClasses())
          .extracting(LabeledClass::getSynset)
          .containsExactly("ant", "bee", "cat", "dog");
      assertThatThrownBy(() -> producer(TWO_EPOCHS, other).run())
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("4 classes (ant, bee, cat, ...), this dataset has 4")
          .hasMessageContaining("use another --prefix");
    }
  }

  @Test
  void shouldPublishNothingMoreWhenAllIsPublished() throws Exception {
    TestDataset.write(data, 40, 100);

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = reader(Split.TRAIN)) {
      producer(TWO_EPOCHS, dataset).run();
      ProducerSummary again = producer(TWO_EPOCHS, dataset).run();
      ProducerSummary more = producer(new ProducerOptions(1, 3, 1 << 20, 1 << 30), dataset).run();

      assertThat(again).isEqualTo(new ProducerSummary(0, 0, 0));
      assertThat(more).isEqualTo(new ProducerSummary(36, 3600, 0));
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 3 * PARTITIONS);
      assertThat(train.seen()).isEqualTo(expected(dataset, Split.TRAIN, 3, Set.of()));
    }
  }

  @Test
  void shouldHoldBackUntilTheAugmentersHaveCaughtUp() throws Exception {
    TestDataset.write(data, 200, 20_000); // 3.6 MB an epoch, 52.4 images to 1 MiB

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = reader(Split.TRAIN);
        ImageProducer producer = producer(HELD, dataset)) {
      CompletableFuture<ProducerSummary> run = runAside(producer);
      TestBroker.await("held back", () -> train.poll().images().size() >= 53);
      assertThat(train.images()).hasSize(53);

      train.acknowledge();
      TestBroker.await("the next", () -> train.poll().images().size() >= 106);
      assertThat(train.images()).hasSize(106);
      assertThat(run).isNotDone();

      TestBroker.await("the rest", () -> train.poll().acknowledge().epochEnds() == 2 * PARTITIONS);
      assertThat(run.get(10, TimeUnit.SECONDS).images()).isEqualTo(380);
      assertThat(train.seen()).isEqualTo(expected(dataset, Split.TRAIN, 2, Set.of()));
    }
  }

  @Test
  void shouldHoldBackForATrainerThatAugmentsByItself() throws Exception {
    TestDataset.write(data, 200, 20_000); // 52.4 images to 1 MiB

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = reader(Split.TRAIN);
        ImageProducer producer = producer(HELD, dataset)) {
      CompletableFuture<ProducerSummary> run = runAside(producer);
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

      TestBroker.await("the rest", () -> train.poll().acknowledge().epochEnds() == 2 * PARTITIONS);
      assertThat(run.get(10, TimeUnit.SECONDS).images()).isEqualTo(380);
    }
  }

  @Test
  void shouldGoOnWhereItWasClosed() throws Exception {
    TestDataset.write(data, 200, 20_000);
    int runs = 0;
    long passed = 0;

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = reader(Split.TRAIN)) {
      boolean done = false;
      while (!done) {
        int before = train.acknowledge().images().size();
        ImageProducer producer = producer(HELD, dataset);
        CompletableFuture<ProducerSummary> run = runAside(producer);
        TestBroker.await(
            "some more images", () -> train.poll().images().size() > before + 20 || run.isDone());
        producer.close();
        run.get(10, TimeUnit.SECONDS);
        assertThat(producer.passed()).isBetween(passed, producer.total());
        passed = producer.passed();
        runs++;
        done = train.pollAll().epochEnds() == 2 * PARTITIONS;
      }

      assertThat(runs).isGreaterThan(4);
      assertThat(passed).isEqualTo(20 + 2 * 180);
      assertThat(train.seen()).isEqualTo(expected(dataset, Split.TRAIN, 2, Set.of()));
    }
  }

  @Test
  void shouldStopWhenAnotherProducerBegins() throws Exception {
    TestDataset.write(data, 200, 20_000);

    try (Dataset dataset = TestDataset.open(data);
        ImageReader train = reader(Split.TRAIN);
        ImageProducer first = producer(HELD, dataset);
        ImageProducer second = producer(HELD, dataset)) {
      CompletableFuture<ProducerSummary> one = runAside(first);
      TestBroker.await("held back", () -> train.poll().images().size() >= 53);
      CompletableFuture<ProducerSummary> other = runAside(second);
      TestBroker.await(
          "all epochs",
          () -> train.poll().acknowledge().epochEnds() == 2 * PARTITIONS || other.isDone());

      assertThat(other.get(10, TimeUnit.SECONDS).images()).isEqualTo(360 - 53);
      assertThatThrownBy(() -> one.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(PublishException.class)
          .hasMessageContaining("another producer has begun to publish");
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * PARTITIONS);
      assertThat(train.seen()).isEqualTo(expected(dataset, Split.TRAIN, 2, Set.of()));
    }
  }

  @Test
  void shouldMakeDeadLettersOfFilesThatCannotBePublishedAndGoOn() throws Exception {
    TestDataset.write(data, 40, 500);
    Set<String> bad = Set.of("ant/0000.jpg", "bee/0013.jpg", "cat/0018.jpg", "dog/0035.jpg");

    try (Dataset dataset = Dataset.open(data, 0, 1);
        ImageReader train = reader(Split.TRAIN)) {
      Files.delete(data.resolve("ant/0000.jpg"));
      Files.write(data.resolve("bee/0013.jpg"), new byte[0]);
      Files.write(data.resolve("cat/0018.jpg"), new byte[10_000]);
      Files.delete(data.resolve("dog/0035.jpg"));
      Files.createDirectory(data.resolve("dog/0035.jpg")); // cannot be read, by root neither
      ProducerOptions options = new ProducerOptions(1, 2, 8192, 1 << 30);
      ProducerSummary summary = producer(options, dataset).run();

      assertThat(summary).isEqualTo(new ProducerSummary(72, 72 * 500, 8));
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * PARTITIONS);
      assertThat(train.seen()).isEqualTo(expected(dataset, Split.TRAIN, 2, bad));
      assertThat(records(topics.deadLetters())).hasSize(8);
      assertThat(reason("ant/0000.jpg")).contains("NoSuchFile", data.resolve("ant").toString());
      assertThat(reason("bee/0013.jpg")).isEqualTo("the file is empty");
      assertThat(reason("cat/0018.jpg"))
          .isEqualTo("the file may have 8192 bytes at most (--max-image-size), found 10000");
      assertThat(reason("dog/0035.jpg")).contains("Is a directory");
      DeadLetter letter = records(topics.deadLetters()).getFirst();
      assertThat(letter.getStage()).isEqualTo("read");
      assertThat(letter.getSource()).isEqualTo(data.resolve(letter.getId()).toString());
      assertThat(letter.getFailedAt()).isEqualTo(NOW);
    }
  }

  @Test
  void shouldMakeADeadLetterOnceAlthoughItIsRunAgain() throws Exception {
    TestDataset.write(data, 12, 500);

    try (Dataset dataset = Dataset.open(data, 0, 1);
        ImageReader train = reader(Split.TRAIN)) {
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
            return NOW;
          };
      stopped[0] = new ImageProducer(TWO_EPOCHS, topics, broker.kafka(), dataset, clock);
      stopped[0].run();
      assertThat(train.poll().epochEnds()).isZero();
      producer(new ProducerOptions(1, 1, 1024, 1 << 30), dataset).run();

      TestBroker.await("the epoch", () -> train.poll().epochEnds() == PARTITIONS);
      assertThat(records(topics.deadLetters()))
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

      assertThatThrownBy(() -> producer(TWO_EPOCHS, dataset).run())
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
        ImageReader train = reader(Split.TRAIN)) {
      ImageProducer producer = producer(HELD, dataset);
      CompletableFuture<ProducerSummary> run = runAside(producer);
      TestBroker.await("held back", () -> train.poll().images().size() >= 53);
      producer.close();
      run.get(10, TimeUnit.SECONDS);

      assertThatThrownBy(() -> producer(new ProducerOptions(2, 2, 1 << 20, 1 << 20), dataset).run())
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("of epoch 1, where this dataset and --seed 2 have")
          .hasMessageContaining("use the same data and --seed as before");
      assertThatThrownBy(() -> producer(HELD, larger).run())
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
        ImageReader train = reader(Split.TRAIN)) {
      assertThatThrownBy(() -> producer(TWO_EPOCHS, dataset).run())
          .isInstanceOf(PublishException.class)
          .hasMessageContaining("(bee/0021.jpg)")
          .hasMessageContaining("max.message.bytes");

      limitRecords(1 << 20);
      producer(TWO_EPOCHS, dataset).run();
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * PARTITIONS);
      assertThat(train.seen()).isEqualTo(expected(dataset, Split.TRAIN, 2, Set.of()));
    }
  }

  @Test
  void shouldSayWhichTopicIsMissing() throws Exception {
    TestDataset.write(data, 8, 100);

    try (Dataset dataset = TestDataset.open(data);
        ImageProducer producer =
            new ImageProducer(
                TWO_EPOCHS,
                new Topics("nowhere"),
                broker.kafka(),
                dataset,
                InstantSource.fixed(NOW))) {
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
                  new ConfigResource(ConfigResource.Type.TOPIC, topics.images(Split.TRAIN).name()),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("max.message.bytes", Integer.toString(bytes)),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  private ImageProducer producer(ProducerOptions options, Dataset dataset) {
    return new ImageProducer(options, topics, broker.kafka(), dataset, InstantSource.fixed(NOW));
  }

  private static CompletableFuture<ProducerSummary> runAside(ImageProducer producer) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return producer.run();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  private ImageReader reader(Split split) {
    return new ImageReader(broker, topics, split, PARTITIONS);
  }

  private static List<List<String>> expected(
      Dataset dataset, Split split, int epochs, Set<String> without) {
    return ImageReader.expected(dataset, split, 1, epochs, PARTITIONS, without);
  }

  private static List<List<String>> publishedBy(long seed, Topics to, Dataset dataset)
      throws Exception {
    try (ImageReader train = new ImageReader(broker, to, Split.TRAIN, PARTITIONS);
        ImageProducer producer =
            new ImageProducer(
                new ProducerOptions(seed, 2, 1 << 20, 1 << 30),
                to,
                broker.kafka(),
                dataset,
                InstantSource.fixed(NOW))) {
      producer.run();
      TestBroker.await("all epochs", () -> train.poll().epochEnds() == 2 * PARTITIONS);
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

  private String reason(String id) throws Exception {
    return records(topics.deadLetters()).stream()
        .filter(letter -> letter.getId().equals(id))
        .findFirst()
        .orElseThrow()
        .getReason();
  }

  private static <V> List<V> records(Topic<V> topic) throws Exception {
    List<V> records = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    try (Consumer<String, V> consumer = broker.reader(topic, 1)) {
      TestBroker.await(
          "all of " + topic,
          () -> {
            consumer.poll(Duration.ofMillis(20)).forEach(record -> records.add(record.value()));
            long end = consumer.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
            return consumer.position(partition) >= end;
          });
    }
    return records;
  }
}
