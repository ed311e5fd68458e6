package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.demo.DemoImages;
import dev.millrace.pipeline.verify.RunReport;
import dev.millrace.pipeline.verify.Verification;
import dev.millrace.pipeline.verify.Verifier;
import dev.millrace.producer.ImageProducer;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.CheckpointList;
import dev.millrace.trainer.StoredCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final int PARTITIONS = 3;
  private static final int EPOCHS = 4;
  private static final int IMAGES = 144;
  private static final int BROKEN = 3;
  private static final int STEPS = EPOCHS * 18; // 141 tensors: 17 minibatches of 8, and one of 5
  private static final long MIB = 1 << 20;

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;
  private static Dataset dataset;

  @BeforeAll
  static void start() throws Exception {
    Path images = folder.resolve("images");
    DemoImages.write(images, 1, 12, 2);
    for (String name : new String[] {"train/circle/0000", "train/circle/0003", "train/ring/0002"}) {
      Files.writeString(images.resolve(name + ".jpg"), "no image");
    }
    Files.writeString(images.resolve("val/ring/0001.jpg"), "no image");
    dataset = Dataset.open(images, 0, 1);
    broker = EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of());
  }

  @AfterAll
  static void stop() throws IOException {
    broker.close();
    dataset.close();
  }

  private static Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  private static Topics topics(String prefix) throws Exception {
    Topics topics = new Topics(prefix);
    try (Admin admin = Admin.create(kafka())) {
      topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, (int) MIB));
    }
    return topics;
  }

  /** Publishes so many epochs, or what is missing of them; the number of images. */
  private static long produce(Topics topics, int epochs) throws Exception {
    try (ImageProducer producer =
        new ImageProducer(
            new ProducerOptions(1, epochs, (int) MIB, MIB),
            topics,
            kafka(),
            dataset,
            InstantSource.system())) {
      return producer.run().images();
    }
  }

  private static MillraceProcess train(Topics topics, String... more) throws IOException {
    return command(
        topics,
        "train",
        concat(more, "--epochs", Integer.toString(EPOCHS), "--minibatch-size", "8"));
  }

  private static MillraceProcess command(Topics topics, String command, String... more)
      throws IOException {
    return MillraceProcess.start(
        folder,
        concat(
            more,
            command,
            "--prefix",
            topics.prefix(),
            "--model",
            "cifar10-quick",
            "--threads",
            "1",
            "--bootstrap-servers",
            broker.bootstrapServers()));
  }

  private static String[] concat(String[] last, String... first) {
    String[] all = Arrays.copyOf(first, first.length + last.length);
    System.arraycopy(last, 0, all, first.length, last.length);
    return all;
  }

  private static void finishes(MillraceProcess trainer) throws Exception {
    assertThat(trainer.exitCode()).as(trainer.output()).isZero();
    assertThat(trainer.output())
        .contains("at step %d, %d whole epochs".formatted(STEPS, EPOCHS))
        .doesNotContain("\tat ");
  }

  private static Optional<CheckpointManifest> newest(Topics topics, String run) throws Exception {
    return CheckpointList.read(topics, kafka()).stream()
        .map(StoredCheckpoint::manifest)
        .filter(manifest -> manifest.getRun().equals(run))
        .reduce((_, later) -> later);
  }

  private static String sha256(Topics topics, String run) throws Exception {
    CheckpointManifest newest = newest(topics, run).orElseThrow();
    assertThat(newest.getStep()).isEqualTo(STEPS);
    return newest.getSha256();
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
    Map<String, Object> properties = new HashMap<>(kafka());
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
    for (int p = 0; p < PARTITIONS; p++) {
      wanted.put(new TopicPartition(topic.name(), p), which);
    }
    Map<TopicPartition, Long> offsets = new HashMap<>();
    try (Admin admin = Admin.create(kafka())) {
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
    Topics apart = topics("apart");
    AugmenterOptions augmenting =
        AugmenterOptions.builder().resize(32).crop(32).purgeImages(false).build();
    try (AugmenterService augmenter = new AugmenterService(augmenting, apart, kafka());
        MillraceProcess trainer = train(apart)) {
      augmenter.start();
      produce(apart, EPOCHS);
      finishes(trainer);
    }
    String expected = sha256(apart, "default");
    try (MillraceProcess trainer =
        train(apart, "--colocated", "--run", "calm", "--keep-images", "--augment-threads", "2")) {
      finishes(trainer);
    }
    assertThat(sha256(apart, "calm")).isEqualTo(expected);
    assertThat(new Verifier(apart, kafka(), (_, _) -> {}).run().findings()).isEmpty();

    Topics killed = topics("killed");
    assertThat(produce(killed, 2)).isEqualTo(2 * IMAGES + 24);
    String[] often = {"--colocated", "--checkpoint-steps", "2", "--augment-threads", "2"};
    try (MillraceProcess trainer = train(killed, often)) {
      assertThat(awaitCheckpoint(killed, "default")).isLessThanOrEqualTo(2 * STEPS / EPOCHS);
      trainer.kill();
    }
    try (MillraceProcess trainer = train(killed, often)) {
      produce(killed, EPOCHS);
      finishes(trainer);
    }
    assertThat(sha256(killed, "default")).isEqualTo(expected);
    countsEachImageOnce(killed);
    deletesImages(killed);
    evaluates(killed);
    refusesTheOtherFeed(killed);
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
    Verification verification = new Verifier(topics, kafka(), (_, _) -> {}).run();
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
    try (Admin admin = Admin.create(kafka())) {
      committed =
          admin
              .listConsumerGroupOffsets(topics.prefix() + "-trainer-default")
              .partitionsToOffsetAndMetadata()
              .get();
    }
    committed.forEach(
        (partition, offset) -> assertThat(starts.get(partition)).isEqualTo(offset.offset() - 1));
    assertThat(committed.keySet()).isEqualTo(starts.keySet());
    assertThat(produce(topics, EPOCHS)).as("published again").isZero();
    assertThat(offsets(topics.images(Split.VALIDATION), OffsetSpec.earliest()))
        .allSatisfy((_, first) -> assertThat(first).isZero());
    assertThat(offsets(topics.tensors(Split.TRAIN), OffsetSpec.latest()))
        .allSatisfy((_, end) -> assertThat(end).isZero());
  }

  private static void evaluates(Topics topics) throws Exception {
    try (MillraceProcess evaluate = command(topics, "evaluate", "--colocated")) {
      assertThat(evaluate.exitCode()).as(evaluate.output()).isZero();
      assertThat(evaluate.output())
          .contains("Checkpoint of step %d: top-1 error".formatted(STEPS), "on 23 images");
    }
  }

  private static void refusesTheOtherFeed(Topics topics) throws Exception {
    try (MillraceProcess trainer = train(topics)) {
      assertThat(trainer.exitCode()).as(trainer.output()).isEqualTo(ExitCode.CANNOT_START);
      assertThat(trainer.output())
          .contains(
              "its offsets are of the images topic, and this trainer reads the tensors topic",
              "Start it with --colocated, or begin another run");
    }
  }
}
