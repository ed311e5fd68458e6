package dev.millrace.dashboard.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.dashboard.flow.FlowView.Lag;
import dev.millrace.dashboard.flow.FlowView.PartitionLag;
import dev.millrace.dashboard.flow.FlowView.TopicFlow;
import dev.millrace.dashboard.flow.FlowView.TopicPartitionName;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.stream.Place;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of streams whose offsets have gaps: markers, records taken back, deleted ones. */
@Timeout(120)
class FlowIT {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  @TempDir private static Path folder;
  private static TestStream stream;

  @BeforeAll
  static void start() throws Exception {
    stream = new TestStream(folder);
  }

  @AfterAll
  static void stop() {
    stream.close();
  }

  private static Flow flow(Topics topics) {
    return new Flow(topics, stream.kafka(), InstantSource.system(), BETWEEN_LOOKS).start();
  }

  // The test's time limit ends this.
  private static FlowView await(Flow flow, Predicate<FlowView> such) throws InterruptedException {
    FlowView view = flow.view();
    while (!such.test(view)) {
      Thread.sleep(50);
      view = flow.view();
    }
    return view;
  }

  private static FlowView nextLook(Flow flow) throws InterruptedException {
    FlowView now = flow.view();
    FlowView next = await(flow, view -> view.at() > now.at() && !view.topics().isEmpty());
    return await(flow, view -> view.at() > next.at()); // begun after this was called
  }

  private static Lag augmenters(FlowView view, Topics topics) {
    String images = topics.images(Split.TRAIN).name();
    return view.lags().stream()
        .filter(lag -> lag.service().equals("augmenters") && lag.topic().equals(images))
        .findFirst()
        .orElseThrow();
  }

  private static Lag trainer(FlowView view) {
    return view.lags().stream()
        .filter(lag -> lag.service().equals("trainer"))
        .findFirst()
        .orElseThrow();
  }

  private static List<Long> perPartition(Lag lag) {
    return lag.perPartition().stream().map(PartitionLag::images).toList();
  }

  private static TopicFlow topic(FlowView view, String name) {
    return view.topics().stream()
        .filter(topic -> topic.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldCountLagInImagesWhateverBecameOfOffsets() throws Exception {
    Topics topics = stream.topics("lags");
    stream.takeBackImages(topics, 12);
    stream.images(topics, 0, 0, 10);
    stream.end(topics.images(Split.TRAIN), 0, 10);
    stream.images(topics, 1, 0, 4);
    stream.takeBackImages(topics, 30);
    try (Flow flow = flow(topics)) {
      FlowView untaken = nextLook(flow);
      // Sequences 0, 3, 6, 9 and 0, 3; 1, 4, 7 and 1; 2, 5, 8 and 2.
      assertThat(augmenters(untaken, topics).images()).isEqualTo(14);
      assertThat(perPartition(augmenters(untaken, topics))).containsExactly(6L, 4L, 4L);
      assertThat(topic(untaken, "images.train").kept()).isEqualTo(14);

      stream.augmented(topics, 0, new Place(1, 3));
      stream.augmented(topics, 1, new Place(0, 4));
      stream.delete(topics.images(Split.TRAIN), 0, new Place(1, 3));
      FlowView between = nextLook(flow);
      assertThat(perPartition(augmenters(between, topics))).containsExactly(1L, 3L, 4L);
      assertThat(topic(between, "images.train").kept()).isEqualTo(9);

      stream.augmentedAll(topics);
      FlowView all = nextLook(flow);
      assertThat(perPartition(augmenters(all, topics))).containsExactly(0L, 0L, 0L);
      assertThat(augmenters(all, topics).seconds()).isZero();
    }
  }

  @Test
  void shouldCountWhatHasADeadLetterInPlaceOfARecordAsNoLag() throws Exception {
    Topics topics = stream.topics("letters");
    stream.images(topics, 0, 0, 4);
    stream.images(topics, 0, 5, 9); // the producer could not read the fifth
    stream.tensors(topics, 0, 0, 2);
    stream.tensors(topics, 0, 3, 4); // nor could the augmenter decode the third
    stream.tensors(topics, 0, 5, 6);
    try (Flow flow = flow(topics)) {
      flow.take(TestStream.unread(0, 4));
      flow.take(TestStream.undecoded(topics, 0, 2));
      flow.take(stream.progress(topics, 0, 0, false));
      FlowView view = nextLook(flow);

      assertThat(augmenters(view, topics).images()).isEqualTo(8);
      assertThat(topic(view, "images.train").kept()).isEqualTo(8);
      assertThat(trainer(view).images()).isEqualTo(4);
      assertThat(topic(view, "tensors.train").kept()).isEqualTo(4);
      assertThat(perPartition(trainer(view))).containsExactly(2L, 1L, 1L);
    }
  }

  @Test
  void shouldCountATrainersLagFromItsPlaceAndWhatIsKept() throws Exception {
    Topics topics = stream.topics("trainer");
    stream.takeBackTensors(topics, 9);
    stream.tensors(topics, 0, 0, 7);
    stream.end(topics.tensors(Split.TRAIN), 0, 7);
    stream.tensors(topics, 1, 0, 5);
    try (Flow flow = flow(topics)) {
      flow.take(stream.progress(topics, 0, 0, false));
      assertThat(perPartition(trainer(nextLook(flow)))).containsExactly(5L, 4L, 3L);

      flow.take(stream.progress(topics, 1, 2, false));
      assertThat(perPartition(trainer(nextLook(flow)))).containsExactly(1L, 1L, 1L);

      stream.delete(
          topics.tensors(Split.TRAIN), 0, new Place(1, 4)); // behind the last one that there is
      assertThat(perPartition(trainer(nextLook(flow)))).containsExactly(0L, 1L, 1L);

      flow.take(stream.progress(topics, 1, 5, false));
      Lag all = trainer(nextLook(flow));
      assertThat(all.images()).isZero();
      assertThat(all.seconds()).isZero();

      flow.take(stream.progress(topics, 1, 5, true));
      assertThat(nextLook(flow).lags()).noneMatch(lag -> lag.service().equals("trainer"));
    }
  }

  @Test
  void shouldLeaveOutWhatATransactionHidesUntilItIsCommitted() throws Exception {
    Topics topics = stream.topics("open");
    stream.images(topics, 0, 0, 3);
    stream.leaveOpen(topics, 0, 3);
    try (Flow flow = flow(topics)) {
      FlowView open = nextLook(flow);
      stream.commit();
      FlowView committed = nextLook(flow);

      assertThat(augmenters(open, topics).images()).isEqualTo(3);
      assertThat(augmenters(committed, topics).images()).isEqualTo(4);
    }
  }

  @Test
  void shouldGiveSecondsBySpeedOrWhileNothingMovesByTheOldestImage() throws Exception {
    Topics topics = stream.topics("seconds");
    stream.images(topics, 0, 0, 90);
    stream.augmented(topics, 0, new Place(0, 3));
    try (Flow flow = flow(topics)) {
      FlowView still = await(flow, view -> !view.lags().isEmpty() && seconds(view, topics) > 0);
      assertThat(seconds(still, topics)).isPositive();
      FlowView later = nextLook(flow);
      assertThat(seconds(later, topics)).isGreaterThan(seconds(still, topics)); // it grows older

      stream.augmented(topics, 1, new Place(0, 61));
      FlowView moved = await(flow, view -> augmenters(view, topics).images() == 69);
      // 20 images between two looks, which are at most 12 seconds apart.
      assertThat(seconds(moved, topics)).isPositive().isLessThan(69 / (20 / 12.0));
      assertThat(topic(moved, "images.train").bytesPerSecond()).isNotNegative();
    }
  }

  private static double seconds(FlowView view, Topics topics) {
    return number(augmenters(view, topics).seconds());
  }

  private static double number(@Nullable Number known) {
    return known == null ? Double.NaN : known.doubleValue();
  }

  @Test
  void shouldMeasureTopics() throws Exception {
    Topics topics = stream.topics("topics");
    stream.images(topics, 0, 0, 3);
    try (Flow flow = flow(topics)) {
      await(flow, view -> !view.topics().isEmpty());
      stream.images(topics, 0, 3, 30);
      FlowView view =
          await(
              flow,
              v ->
                  number(topic(v, "images.train").kept()) == 30
                      && number(topic(v, "images.train").bytes()) > 30_000);

      TopicFlow images = topic(view, "images.train");
      assertThat(images.topic()).isEqualTo("topics.images.train");
      assertThat(images.stage()).isEqualTo("images");
      assertThat(images.partitions()).isEqualTo(TestStream.PARTITIONS);
      assertThat(images.imagesPerSecond()).isBetween(27 / 12.0, 27.0);
      assertThat(number(images.bytesPerSecond()) / number(images.imagesPerSecond()))
          .isBetween(1000.0, 1200.0);
      assertThat(topic(view, "metrics").imagesPerSecond()).isNull();
      assertThat(topic(view, "metrics").kept()).isZero();
      assertThat(view.topics()).hasSize(topics.all().size());
      assertThat(view.problems()).isEmpty();
    }
  }

  @Test
  void shouldBelieveTheTrainerWhileItTells() throws Exception {
    Topics topics = stream.topics("told");
    stream.images(topics, 0, 0, 6);
    stream.tensors(topics, 0, 0, 3);
    String verdict =
        "training waits 31% of the time for tensors since 14:02:05; 2 more augmenter threads would end it";
    try (Flow flow = flow(topics)) {
      flow.take(stream.progress(topics, 0, 0, false));
      Map<String, Double> values = new HashMap<>();
      values.put("trainer_lag_images", 2.0);
      values.put("augmenter_lag_images", 4.0);
      values.put("trained_images", 100.0);
      values.put("dead_letter_images", 3.0);
      values.put("waiting_images", 6.0);
      values.put("lost_images", 1.0);
      values.put("doubled_images", 2.0);
      flow.take(TestStream.step(values, verdict));
      FlowView view = nextLook(flow);

      assertThat(trainer(view).images()).isEqualTo(2);
      assertThat(perPartition(trainer(view))).containsExactly(1L, 1L, 1L);
      assertThat(augmenters(view, topics).images()).isEqualTo(4);
      assertThat(view.bottleneck()).isEqualTo(Bottleneck.AUGMENTERS);
      assertThat(view.sentence()).isEqualTo("T" + verdict.substring(1));
      assertThat(view.dataWaitShare()).isEqualTo(0.31);
      assertThat(view.audits())
          .containsExactly(new FlowView.RunAudit(TestStream.RUN, 108L, 100L, 3L, 6L, 1L, 2L));
      assertThat(view.workers())
          .extracting(FlowView.Worker::kind, FlowView.Worker::id, w -> w.partitions().size())
          .containsExactly(tuple("trainer", TestStream.RUN, TestStream.PARTITIONS));
    }
  }

  @Test
  void shouldShowTheAugmentersGroupAndItsPartitions() throws Exception {
    Topics topics = stream.topics("workers");
    stream.images(topics, 0, 0, 3);
    Map<String, Object> properties = new HashMap<>(stream.kafka());
    properties.put("group.id", topics.augmenterGroup());
    properties.put("client.id", "one");
    try (Flow flow = flow(topics);
        KafkaConsumer<byte[], byte[]> member =
            new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      assertThat(nextLook(flow).heldBack().text()).isEqualTo("No augmenter runs");
      member.subscribe(List.of(topics.images(Split.TRAIN).name()));
      while (member.assignment().size() < TestStream.PARTITIONS) {
        member.poll(Duration.ofMillis(50));
      }
      FlowView view =
          await(
              flow,
              v -> {
                member.poll(Duration.ofMillis(10));
                return !v.workers().isEmpty() && v.workers().getFirst().partitions().size() == 3;
              });

      FlowView.Worker worker = view.workers().getFirst();
      assertThat(worker.kind()).isEqualTo("augmenter");
      assertThat(worker.id()).isEqualTo("one");
      assertThat(worker.host()).isEqualTo("127.0.0.1");
      assertThat(worker.partitions())
          .containsExactly(
              new TopicPartitionName("workers.images.train", 0),
              new TopicPartitionName("workers.images.train", 1),
              new TopicPartitionName("workers.images.train", 2));
    }
  }

  @Test
  void shouldSayWhatIsNotThereAndBeginOnceItIs() throws Exception {
    Topics topics = new Topics("later");
    try (Flow flow = flow(topics)) {
      FlowView none = await(flow, view -> !view.problems().isEmpty());
      assertThat(none.topics()).isEmpty();
      assertThat(none.problems().getFirst()).startsWith("Not there: topic later.arrivals");
      assertThat(none.sentence()).isEqualTo("No image has been published, and no run begun");

      stream.images(stream.topics("later"), 0, 0, 2);
      FlowView there = await(flow, view -> !view.lags().isEmpty() && view.problems().isEmpty());
      assertThat(augmenters(nextLook(flow), topics).images()).isEqualTo(2);
      assertThat(there.topics()).isNotEmpty();
    }
  }

  @Test
  void shouldBeginAnewWhereTopicsWereMadeAnew() throws Exception {
    Topics topics = stream.topics("anew");
    stream.images(topics, 5, 0, 20);
    try (Flow flow = flow(topics)) {
      await(flow, view -> !view.lags().isEmpty() && augmenters(view, topics).images() == 20);
      stream
          .admin()
          .deleteTopics(topics.all().stream().map(topic -> topic.name()).toList())
          .all()
          .get();
      await(flow, view -> view.topics().isEmpty());
      stream.images(stream.topics("anew"), 0, 0, 2);

      assertThat(
              await(flow, view -> !view.lags().isEmpty() && augmenters(view, topics).images() == 2)
                  .lags())
          .isNotEmpty();
    }
  }

  @Test
  void shouldGoOnWithoutBrokersAndSaySo(@TempDir Path other) throws Exception {
    TestStream brief = new TestStream(other);
    Topics topics = brief.topics("away");
    brief.images(topics, 0, 0, 2);
    try (Flow flow =
        new Flow(topics, brief.kafka(), InstantSource.system(), BETWEEN_LOOKS).start()) {
      await(flow, view -> !view.lags().isEmpty());
      brief.close();
      FlowView away = await(flow, view -> view.bottleneck() == Bottleneck.UNKNOWN);

      assertThat(away.sentence()).startsWith("The brokers have not answered since ");
      assertThat(away.topics()).isNotEmpty();
      assertThat(away.problems()).anyMatch(problem -> problem.startsWith("Cannot see the stream"));
    }
  }

  @Test
  void shouldLeaveOutWhatItMayNotSeeAndSayWhy(@TempDir Path other) throws Exception {
    Map<String, String> guarded =
        Map.of(
            "authorizer.class.name",
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found",
            "true");
    try (TestStream strict = new TestStream(other, guarded)) {
      Topics topics = strict.topics("strict");
      strict.images(topics, 0, 0, 2);
      strict.deny(ResourceType.CLUSTER, "kafka-cluster", AclOperation.DESCRIBE);
      strict.deny(ResourceType.GROUP, topics.augmenterGroup(), AclOperation.DESCRIBE);
      strict.deny(ResourceType.TOPIC, topics.metrics().name(), AclOperation.DESCRIBE);
      strict.deny(ResourceType.TOPIC, topics.images(Split.TRAIN).name(), AclOperation.READ);
      try (Flow flow =
          new Flow(topics, strict.kafka(), InstantSource.system(), BETWEEN_LOOKS).start()) {
        FlowView view = await(flow, v -> v.problems().size() >= 5);

        assertThat(view.problems())
            .satisfiesExactlyInAnyOrder(
                problem -> assertThat(problem).startsWith("Cannot see topic strict.metrics: "),
                problem -> assertThat(problem).startsWith("Cannot see the augmenters: "),
                problem -> assertThat(problem).startsWith("Cannot see where the augmenters are: "),
                problem -> assertThat(problem).startsWith("Cannot see bytes on disk: "),
                problem ->
                    assertThat(problem)
                        .startsWith(
                            "Cannot see images and tensors of topic strict.images.train: "));
        assertThat(topic(view, "images.train").bytes()).isNull();
        assertThat(topic(view, "images.train").kept()).isNull();
        assertThat(topic(view, "images.validation").kept()).isZero();
        assertThat(view.lags()).isEmpty();
        assertThat(view.topics()).noneMatch(topic -> topic.name().equals("metrics"));
        assertThat(view.heldBack().text()).startsWith("Not known: ");
      }
    }
  }

  @Test
  void shouldBeJsonAsTheApiPromises() throws Exception {
    Topics topics = stream.topics("json");
    stream.images(topics, 0, 0, 2);
    try (Flow flow = flow(topics)) {
      FlowView view = await(flow, v -> !v.lags().isEmpty());
      JsonNode json = new ObjectMapper().readTree(new ObjectMapper().writeValueAsString(view));

      assertThat(names(json))
          .containsExactly(
              "at",
              "sentence",
              "bottleneck",
              "dataWaitShare",
              "topics",
              "lags",
              "heldBack",
              "workers",
              "audits",
              "problems");
      assertThat(names(json.path("topics").path(0)))
          .containsExactly(
              "name",
              "topic",
              "stage",
              "partitions",
              "bytes",
              "imagesPerSecond",
              "bytesPerSecond",
              "kept");
      assertThat(names(json.path("lags").path(0)))
          .containsExactly("service", "run", "topic", "images", "seconds", "perPartition");
      assertThat(json.path("lags").path(0).path("perPartition").path(2).toString())
          .isEqualTo("{\"partition\":2,\"images\":0}");
      assertThat(names(json.path("heldBack")))
          .containsExactly("held", "text", "partitions", "aheadBytes", "limitBytes", "run");
      assertThat(json.path("bottleneck").asText()).isEqualTo("augmenters");
      assertThat(json.path("at").isIntegralNumber()).isTrue();
    }
  }

  private static List<String> names(JsonNode node) {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }
}
