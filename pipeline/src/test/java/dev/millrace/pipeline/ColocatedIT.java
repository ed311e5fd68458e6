package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.verify.RunReport;
import dev.millrace.pipeline.verify.Verification;
import dev.millrace.pipeline.verify.Verifier;
import dev.millrace.producer.ImageProducer;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.CheckpointList;
import dev.millrace.trainer.Feed;
import dev.millrace.trainer.ResumeException;
import dev.millrace.trainer.StoredCheckpoint;
import dev.millrace.trainer.Trainer;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingListener;
import dev.millrace.trainer.TrainingSummary;
import dev.millrace.trainer.model.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that augments in the trainer's process, against one through the tensors topic: four epochs
 * of 144 training images, three of them none, with 24 validation images, one of them none.
 */
@Timeout(180)
class ColocatedIT {
  private static final int EPOCHS = 4;
  private static final int IMAGES = 144;
  private static final int BROKEN = 3;
  private static final int STEPS = EPOCHS * 18; // 141 tensors: 17 minibatches of 8, and one of 5

  @TempDir private static Path folder;
  private static DrawnStream stream;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> instead = new HashMap<>();
    for (String name :
        List.of("train/circle/0000", "train/circle/0003", "train/ring/0002", "val/ring/0001")) {
      instead.put(name + ".jpg", "no image");
    }
    stream = DrawnStream.open(folder, 12, 2, instead, 1 << 20);
  }

  @AfterAll
  static void stop() throws IOException {
    stream.close();
  }

  private static AugmenterOptions augmenting(boolean purge) {
    return AugmenterOptions.builder().resize(32).crop(32).purgeImages(purge).build();
  }

  private static Feed colocated(Topics topics, boolean purge) {
    return ColocatedFeed.of(OptionalInt.of(2), augmenting(purge), topics, stream.kafka());
  }

  private static TrainerOptions options(String run) {
    return TrainerOptions.builder()
        .run(run)
        .model("cifar10-quick")
        .device(Device.CPU)
        .threads(1)
        .epochs(EPOCHS)
        .minibatchSize(8)
        .checkpointSteps(2)
        .dataTimeout(Duration.ofSeconds(60))
        .build();
  }

  /** Trains to the end while what is missing is published; SHA-256 of the last weights. */
  private static String train(Topics topics, Feed feed, String run) throws Exception {
    try (Trainer trainer =
            new Trainer(
                options(run),
                feed,
                topics,
                stream.kafka(),
                InstantSource.system(),
                TrainingListener.NONE);
        ImageProducer producer = stream.producer(topics, EPOCHS);
        Publishing _ = new Publishing(producer, _ -> trainer.requestStop())) {
      TrainingSummary summary = trainer.run();
      assertThat(summary.stopped()).isFalse();
    }
    CheckpointManifest newest = newest(topics, run).orElseThrow();
    assertThat(newest.getStep()).isEqualTo(STEPS);
    return newest.getSha256();
  }

  private static MillraceProcess command(Topics topics, String command, String... more)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(command, "--prefix", topics.prefix()));
    all.addAll(List.of("--model", "cifar10-quick", "--threads", "1"));
    all.addAll(List.of("--bootstrap-servers", stream.servers(), "--colocated"));
    all.addAll(List.of(more));
    return MillraceProcess.start(folder, all.toArray(String[]::new));
  }

  private static Optional<CheckpointManifest> newest(Topics topics, String run) throws Exception {
    return CheckpointList.read(topics, stream.kafka()).stream()
        .map(StoredCheckpoint::manifest)
        .filter(manifest -> manifest.getRun().equals(run))
        .reduce((_, later) -> later);
  }

  private static long awaitCheckpoint(Topics topics, String run) throws Exception {
    Optional<CheckpointManifest> newest = newest(topics, run);
    while (newest.isEmpty()) {
      Thread.sleep(20); // the test's time limit ends this
      newest = newest(topics, run);
    }
    return newest.get().getStep();
  }

  private static List<DeadLetter> deadLetters(Topics topics) {
    Topic<DeadLetter> topic = topics.deadLetters();
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    Map<String, Object> properties = new HashMap<>(stream.kafka());
    properties.put("isolation.level", "read_committed");
    List<DeadLetter> letters = new ArrayList<>();
    try (KafkaConsumer<String, DeadLetter> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), topic.serde().deserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, DeadLetter> found : consumer.poll(Duration.ofMillis(100))) {
          letters.add(found.value());
        }
      }
    }
    return letters;
  }

  private static Map<TopicPartition, Long> offsets(Topic<?> topic, OffsetSpec which)
      throws Exception {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (int p = 0; p < DrawnStream.PARTITIONS; p++) {
      wanted.put(new TopicPartition(topic.name(), p), which);
    }
    Map<TopicPartition, Long> offsets = new HashMap<>();
    try (Admin admin = Admin.create(stream.kafka())) {
      admin
          .listOffsets(wanted)
          .all()
          .get()
          .forEach((partition, found) -> offsets.put(partition, found.offset()));
    }
    return offsets;
  }

  @Test
  void shouldTrainTheSameBitsAsThroughTheTensorsTopicAlsoWhenKilled() throws Exception {
    Topics apart = stream.topics("apart");
    String expected;
    try (AugmenterService augmenter =
        new AugmenterService(augmenting(false), apart, stream.kafka())) {
      augmenter.start();
      expected = train(apart, new Feed.Tensors(), "default");
    }
    assertThat(train(apart, colocated(apart, false), "calm")).isEqualTo(expected);
    assertThat(new Verifier(apart, stream.kafka(), (_, _) -> {}).run().findings()).isEmpty();

    Topics killed = stream.topics("killed");
    assertThat(stream.produce(killed, 2)).isEqualTo(2 * IMAGES + 24);
    try (MillraceProcess trainer =
        command(
            killed, "train", "--epochs", "4", "--minibatch-size", "8", "--checkpoint-steps", "2")) {
      assertThat(awaitCheckpoint(killed, "default")).isLessThanOrEqualTo(2 * STEPS / EPOCHS);
      trainer.kill();
    }
    assertThat(train(killed, colocated(killed, true), "default")).isEqualTo(expected);
    countsEachImageOnce(killed);
    deletesImages(killed);
    evaluates(killed);
    assertThatThrownBy(() -> train(killed, new Feed.Tensors(), "default"))
        .isInstanceOf(ResumeException.class)
        .hasMessageContaining(
            "its offsets are of the images topic, and this trainer reads the tensors topic")
        .hasMessageContaining("Start it with --colocated, or begin another run");
  }

  private static void countsEachImageOnce(Topics topics) throws Exception {
    List<DeadLetter> letters = deadLetters(topics);
    assertThat(letters).hasSize(EPOCHS * BROKEN + 1);
    assertThat(letters)
        .allSatisfy(letter -> {
          assertThat(letter.getStage()).isEqualTo("decode");
          assertThat(letter.getBytes().remaining()).isEqualTo("no image".length());
        });
    assertThat(letters)
        .extracting(letter -> letter.getTopic() + letter.getPartition() + "@" + letter.getOffset())
        .doesNotHaveDuplicates();
    Verification verification = new Verifier(topics, stream.kafka(), (_, _) -> {}).run();
    assertThat(verification.findings()).isEmpty();
    assertThat(verification.total().published()).isEqualTo(EPOCHS * IMAGES + 24);
    assertThat(verification.total().deadLetters()).isEqualTo(letters.size());
    assertThat(verification.total().colocated()).isEqualTo(EPOCHS * IMAGES + 24 - letters.size());
    RunReport run = verification.runs().getFirst();
    assertThat(run.published()).isEqualTo(EPOCHS * IMAGES);
    assertThat(run.images().trained()).isEqualTo(EPOCHS * (IMAGES - BROKEN));
    assertThat(run.deadLetters()).isEqualTo(EPOCHS * BROKEN);
    assertThat(run.waiting()).isZero();
    assertThat(run.images().evaluated()).isEqualTo(23);
  }

  private static void deletesImages(Topics topics) throws Exception {
    Map<TopicPartition, Long> starts = offsets(topics.images(Split.TRAIN), OffsetSpec.earliest());
    Map<TopicPartition, OffsetAndMetadata> committed;
    try (Admin admin = Admin.create(stream.kafka())) {
      committed =
          admin
              .listConsumerGroupOffsets(topics.prefix() + "-trainer-default")
              .partitionsToOffsetAndMetadata()
              .get();
    }
    committed.forEach(
        (partition, offset) -> assertThat(starts.get(partition)).isEqualTo(offset.offset() - 1));
    assertThat(committed.keySet()).isEqualTo(starts.keySet());
    assertThat(stream.produce(topics, EPOCHS)).as("published again").isZero();
    assertThat(offsets(topics.images(Split.VALIDATION), OffsetSpec.earliest()))
        .allSatisfy((_, first) -> assertThat(first).isZero());
    assertThat(offsets(topics.tensors(Split.TRAIN), OffsetSpec.latest()))
        .allSatisfy((_, end) -> assertThat(end).isZero());
  }

  private static void evaluates(Topics topics) throws Exception {
    try (MillraceProcess evaluate = command(topics, "evaluate")) {
      assertThat(evaluate.exitCode()).as(evaluate.output()).isZero();
      assertThat(evaluate.output())
          .contains("Checkpoint of step %d: top-1 error".formatted(STEPS), "on 23 images");
    }
  }

  @Test
  void shouldRunEverythingInOneProcessAndNotMixFeeds() throws Exception {
    String[] run = {
      "run",
      "--data",
      folder.resolve("images").toString(),
      "--data-dir",
      folder.resolve("state").toString(),
      "--model",
      "cifar10-quick",
      "--dashboard-port",
      "-1",
      "--epochs",
      "1"
    };
    String[] colocated = Arrays.copyOf(run, run.length + 1);
    colocated[run.length] = "--colocated";
    try (MillraceProcess process = MillraceProcess.start(folder, colocated)) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(process.output())
          .contains("After epoch 1 (step 2), validation", "Finished run")
          .doesNotContain("\tat ");
    }
    try (MillraceProcess process = MillraceProcess.start(folder, run)) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(ExitCode.CANNOT_START);
      assertThat(process.output())
          .contains("Cannot go on with run default without --colocated")
          .doesNotContain("\tat ");
    }
  }
}
