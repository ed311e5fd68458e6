package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.ImageRetention;
import dev.millrace.schemas.Split;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class FlowControlIT {
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
  void shouldHoldBackTrainingImagesUntilTheTrainerHasCaughtUp() throws Exception {
    TestStream stream = TestStream.create(broker, "held", 2);
    MeterRegistry registry = new SimpleMeterRegistry();
    try (AugmenterService service =
            stream.service(AugmenterProcess.options().maxAheadBytes(1 << 20), registry);
        TensorReader train = stream.tensors(Split.TRAIN);
        TensorReader validation = stream.tensors(Split.VALIDATION)) {
      service.start();
      int published = 300;
      stream.publish(Split.TRAIN, 0, 0, published, Set.of());
      TestBroker.await(
          "held back",
          () -> train.poll().tensors() > 60 && service.counts().heldBackPartitions() == 2);
      // Each partition's share is 42 tensors of 12,288 bytes; every commit takes an offset, too.
      // What was polled before goes on.
      int rest = TestBroker.awaitStill(() -> train.poll().tensors());

      stream.publish(Split.TRAIN, 0, published, published + 30, Set.of());
      stream.publish(Split.VALIDATION, 0, 0, 200, Set.of());
      TestBroker.await("validation", () -> validation.poll().tensors() == 200);
      assertThat(train.poll().tensors()).isEqualTo(rest);
      // Nobody fetches from the partitions that are held back; their lag is known all the same.
      int behind = published + 30 - rest;
      TestBroker.await("lag of training images", () -> lag(registry, "train") == behind);
      TestBroker.await("no lag of validation images", () -> lag(registry, "validation") == 0);
      String process = Long.toString(ProcessHandle.current().pid());
      assertThat(registry.get("millrace.augmenter.held").tag("worker", process).gauge().value())
          .isEqualTo(2);
      assertThat(registry.get("millrace.augmenter.held.time").functionCounter().count())
          .isPositive();

      stream.publishUnreadableProgress();
      stream.progress("slow", 0, false);
      stream.progress("far", 1_000_000, false);
      stream.publish(Split.VALIDATION, 0, 200, 400, Set.of());
      TestBroker.await("validation", () -> validation.poll().tensors() == 400);
      assertThat(train.poll().tensors()).isEqualTo(rest);

      stream.progress("slow", 0, true);
      TestBroker.await("the rest", () -> train.poll().tensors() == published + 30);
      assertThat(service.counts().heldBackPartitions()).isZero();
      TestBroker.await("no lag", () -> lag(registry, "train") == 0);
    }
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void shouldStopAtTheLimitAlthoughItIsFasterThanTheLooks() throws Exception {
    TestStream stream = TestStream.create(broker, "fast", 2);
    AugmenterOptions.Builder options =
        AugmenterProcess.options().resize(20).crop(16).maxAheadBytes(1 << 20);
    try (AugmenterService service = stream.service(options);
        TensorReader train = stream.tensors(Split.TRAIN)) {
      stream.publish(Split.TRAIN, 0, 0, 4000, Set.of());
      service.start();
      TestBroker.await("held back", () -> train.poll().tensors() >= 1300);

      // Each partition's share is 682 tensors of 768 bytes; what one poll of the images brings is
      // augmented in any case, and commits take offsets, too.
      assertThat(TestBroker.awaitStill(() -> train.poll().tensors()))
          .isBetween(1300, 2 * 682 + 2 * 64);
    }
  }

  private static double lag(MeterRegistry registry, String split) {
    return registry.find("millrace.augmenter.lag").tag("split", split).gauges().stream()
        .mapToDouble(Gauge::value)
        .sum();
  }

  @Test
  void shouldPurgeImagesButLeaveTheNewest() throws Exception {
    TestStream stream = TestStream.create(broker, "purged", 2);
    try (AugmenterService service = stream.service(AugmenterProcess.options());
        TensorReader reader = stream.tensors(Split.TRAIN);
        Consumer<String, SpecificRecord> images =
            broker.reader(stream.topics().images(Split.TRAIN), 2)) {
      stream.publish(Split.TRAIN, 0, 0, 101, Set.of());
      service.start();
      TestBroker.await("all tensors", () -> reader.poll().tensors() == 101);

      TestBroker.await(
          "images deleted",
          () ->
              Set.copyOf(images.beginningOffsets(images.assignment()).values())
                  .equals(Set.of(50L, 49L)));

      images.seekToBeginning(images.assignment());
      List<Integer> left = new ArrayList<>();
      TestBroker.await(
          "newest images",
          () -> {
            images.poll(Duration.ofMillis(20)).forEach(record -> left.add(record.partition()));
            return left.size() >= 2;
          });
      assertThat(left).containsExactlyInAnyOrder(0, 1);
    }
  }

  @Test
  void shouldLeaveTheNewestImageAlthoughOthersBehindItWereTakenBack() throws Exception {
    TestStream stream = TestStream.create(broker, "taken-back", 1);
    try (AugmenterService service = stream.service(AugmenterProcess.options());
        TensorReader reader = stream.tensors(Split.TRAIN);
        Admin admin = broker.admin();
        Consumer<String, SpecificRecord> images =
            broker.reader(stream.topics().images(Split.TRAIN), 1)) {
      TopicPartition partition = new TopicPartition(stream.topics().images(Split.TRAIN).name(), 0);
      stream.publishInTransaction(Split.TRAIN, 0, 0, 20, true); // and a marker at offset 20
      stream.publishInTransaction(Split.TRAIN, 0, 20, 60, false);
      service.start();

      TestBroker.await("all tensors", () -> reader.poll().tensors() == 20);
      // 20 + 40 records and two markers: also what nobody is given counts as done.
      TestBroker.await(
          "offset 62",
          () -> {
            OffsetAndMetadata done =
                admin
                    .listConsumerGroupOffsets(AugmenterService.group(stream.topics()))
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(partition);
            return done != null && done.offset() == 62;
          });
      TestBroker.await(
          "images deleted", () -> images.beginningOffsets(images.assignment()).containsValue(19L));

      stream.publishInTransaction(Split.TRAIN, 0, 20, 30, true);
      TestBroker.await(
          "more deleted", () -> images.beginningOffsets(images.assignment()).containsValue(71L));
      assertThat(reader.poll().seen().getFirst()).hasSize(30);
    }
  }

  @Test
  void shouldLeaveImagesThatATrainerStillAugmentsByItself() throws Exception {
    TestStream stream = TestStream.create(broker, "shared", 1);
    String topic = stream.topics().images(Split.TRAIN).name();
    stream.progress("colocated", topic, 4, false);
    stream.publish(Split.TRAIN, 0, 0, 10, Set.of());
    try (AugmenterService service = stream.service(AugmenterProcess.options());
        TensorReader reader = stream.tensors(Split.TRAIN);
        Consumer<String, SpecificRecord> images =
            broker.reader(stream.topics().images(Split.TRAIN), 1)) {
      service.start();
      TestBroker.await("all tensors", () -> reader.poll().tensors() == 10);
      TestBroker.await(
          "those that it has trained on deleted",
          () -> images.beginningOffsets(images.assignment()).containsValue(4L));

      stream.progress("colocated", topic, 4, true);
      TestBroker.await(
          "the others, too", () -> images.beginningOffsets(images.assignment()).containsValue(9L));
    }
  }

  @Test
  void shouldLeaveImagesWhenNotToPurgeAndWhereTheirTopicKeepsThem() throws Exception {
    TestStream stream = TestStream.create(broker, "unpurged", 1);
    TestStream archive =
        new TestStream(broker, broker.create("archive", 1, new ImageRetention.Forever()), 1);
    TestStream witness = TestStream.create(broker, "witness", 1);
    for (TestStream each : List.of(stream, archive, witness)) {
      each.publish(Split.TRAIN, 0, 0, 10, Set.of());
    }

    try (AugmenterService service = stream.service(AugmenterProcess.options().purgeImages(false));
        AugmenterService archiving = archive.service(AugmenterProcess.options());
        AugmenterService purging = witness.service(AugmenterProcess.options());
        TensorReader reader = stream.tensors(Split.TRAIN);
        TensorReader archiveReader = archive.tensors(Split.TRAIN)) {
      service.start();
      archiving.start();
      TestBroker.await("all tensors", () -> reader.poll().tensors() == 10);
      TestBroker.await("all of the archive", () -> archiveReader.poll().tensors() == 10);
      purging.start();
      TestBroker.await("the other's images deleted", () -> first(witness) == 9);
      assertThat(first(stream)).isZero();
      assertThat(first(archive)).isZero();

      // Also when the topic is altered while they run.
      try (Admin admin = broker.admin()) {
        alter(admin, archive.topics().images(Split.TRAIN).name(), "retention.ms", "-1");
      }
      TestBroker.await("the archive's images deleted", () -> first(archive) == 9);
    }
  }

  private static long first(TestStream stream) {
    try (Consumer<String, SpecificRecord> images =
        broker.reader(stream.topics().images(Split.TRAIN), 1)) {
      return images.beginningOffsets(images.assignment()).values().iterator().next();
    }
  }

  private static void alter(Admin admin, String topic, String name, String value) throws Exception {
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    admin
        .incrementalAlterConfigs(
            Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(set)))
        .all()
        .get();
  }
}
