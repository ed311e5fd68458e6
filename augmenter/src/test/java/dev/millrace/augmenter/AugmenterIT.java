package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class AugmenterIT {
  @TempDir private static Path directory;
  private static TestBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = new TestBroker(directory.resolve("broker"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void shouldKeepPartitionsAndOrderAndCommitDeadLetters() throws Exception {
    TestStream stream = TestStream.create(broker, "order", 3);
    Set<Long> broken = Set.of(0L, 17L, 18L, 19L, 149L);
    for (int epoch = 0; epoch < 2; epoch++) {
      stream.publish(Split.TRAIN, epoch, 0, 150, broken);
      stream.publishEnd(Split.TRAIN, epoch, 150);
    }

    try (AugmenterService service = stream.service(AugmenterProcess.options());
        TensorReader reader = stream.tensors(Split.TRAIN)) {
      service.start();
      service.awaitRunning(TestBroker.LIMIT);
      TestBroker.await("all epoch ends", () -> reader.poll().epochEnds() == 6);

      assertThat(reader.seen()).isEqualTo(stream.expected(2, 150, broken));
      assertThat(service.counts().images()).isEqualTo(290);
      assertThat(service.counts().deadLetters()).isEqualTo(10);
      assertThat(service.counts().epochEnds()).isEqualTo(6);
      assertThat(service.failure()).isEmpty();
    }

    List<DeadLetter> letters = stream.deadLetters(10);
    assertThat(letters).allSatisfy(letter -> assertThat(letter.getStage()).isEqualTo("decode"));
    assertThat(letters)
        .extracting(letter -> letter.getEpoch() + ":" + letter.getSequence())
        .containsExactlyInAnyOrder(
            "0:0", "0:17", "0:18", "0:19", "0:149", "1:0", "1:17", "1:18", "1:19", "1:149");
    assertThat(letters)
        .filteredOn(letter -> letter.getEpoch() == 0 && letter.getSequence() == 17)
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.getPartition()).isEqualTo(2);
          assertThat(letter.getOffset()).isEqualTo(5);
        });
  }

  @Test
  void shouldShareThePartitions() throws Exception {
    TestStream stream = TestStream.create(broker, "shared", 4);
    try (AugmenterService other = stream.service(AugmenterProcess.options().threads(1));
        TensorReader reader = stream.tensors(Split.TRAIN)) {
      shareWork(stream, other, reader);

      long closed = System.nanoTime();
      stream.publish(Split.TRAIN, 1, 0, 40, Set.of());
      stream.publishEnd(Split.TRAIN, 1, 40);
      TestBroker.await("the other takes over", () -> reader.poll().epochEnds() == 8);
      assertThat(Duration.ofNanos(System.nanoTime() - closed)).isLessThan(Duration.ofSeconds(5));
    }
  }

  private static void shareWork(TestStream stream, AugmenterService other, TensorReader reader)
      throws Exception {
    try (AugmenterService one = stream.service(AugmenterProcess.options().threads(1))) {
      one.start();
      other.start();
      one.awaitRunning(TestBroker.LIMIT);
      other.awaitRunning(TestBroker.LIMIT);
      int[] published = {0};
      TestBroker.await(
          "both have worked",
          () -> {
            stream.publish(Split.TRAIN, 0, published[0], published[0] + 40, Set.of());
            published[0] += 40;
            reader.poll();
            return one.counts().images() > 0 && other.counts().images() > 0;
          });
      stream.publishEnd(Split.TRAIN, 0, published[0]);
      TestBroker.await("all epoch ends", () -> reader.poll().epochEnds() == 4);

      assertThat(reader.seen()).isEqualTo(stream.expected(1, published[0], Set.of()));
    }
  }

  @Test
  void shouldFailWhenTooManyImagesAreDeadLetters() throws Exception {
    TestStream stream = TestStream.create(broker, "bad", 1);
    stream.publish(
        Split.TRAIN,
        0,
        0,
        200,
        Set.copyOf(IntStream.range(0, 200).asLongStream().boxed().toList()));

    try (AugmenterService service = stream.service(AugmenterProcess.options())) {
      service.start();
      assertThatThrownBy(() -> service.stopped().toCompletableFuture().get(40, TimeUnit.SECONDS))
          .hasCauseInstanceOf(AugmenterFailedException.class);

      assertThat(service.failure())
          .get()
          .isInstanceOf(AugmenterFailedException.class)
          .extracting(Throwable::getMessage)
          .asString()
          .contains("max-dead-letter-share");
    }
  }

  @Test
  void shouldNameTheSettingWhenATensorIsTooLarge() throws Exception {
    TestStream stream = TestStream.create(broker, "large", 1);
    try (Admin admin = broker.admin()) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(
                      ConfigResource.Type.TOPIC, stream.topics().tensors(Split.TRAIN).name()),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("max.message.bytes", "10000"),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    stream.publish(Split.TRAIN, 0, 0, 5, Set.of());

    try (AugmenterService service = stream.service(AugmenterProcess.options())) {
      service.start();
      TestBroker.await("failure", () -> service.failure().isPresent());

      assertThat(service.failure().orElseThrow()).hasMessageContaining("max-record-bytes");
    }
    assertThat(stream.deadLetters(0)).isEmpty();
  }

  @Test
  void shouldSayWhichTopicIsMissing() throws Exception {
    try (AugmenterService service =
        new AugmenterService(
            AugmenterProcess.options().build(), new Topics("nowhere"), broker.kafka())) {
      assertThatThrownBy(service::start)
          .isInstanceOf(AugmenterFailedException.class)
          .hasMessageContaining("nowhere.images.train does not exist");
    }
  }
}
