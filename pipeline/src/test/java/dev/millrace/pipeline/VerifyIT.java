package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.demo.DemoImages;
import dev.millrace.pipeline.verify.EpochCounts;
import dev.millrace.pipeline.verify.Verification;
import dev.millrace.pipeline.verify.Verifier;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.ImageTensorView;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The check of a real stream: two epochs of 48 training images and 12 of validation, in two
 * partitions. One training image is empty and three are none.
 */
@Timeout(180)
class VerifyIT {
  private static final Topics STREAM = new Topics("millrace");
  private static final int PARTITIONS = 2;
  private static final int IMAGES = 2 * 48 + 12;
  private static final int DEAD_LETTERS = 2 * 4;

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;

  @BeforeAll
  static void stream() throws Exception {
    Path images = folder.resolve("images");
    DemoImages.write(images, 1, 4, 1); // 12 classes
    for (String name : new String[] {"circle/0000", "circle/0003", "ring/0002"}) {
      Files.writeString(images.resolve("train").resolve(name + ".jpg"), "no image");
    }
    Files.writeString(images.resolve("train").resolve("ring/0001.jpg"), "");
    broker = EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of());
    try (MillraceProcess augmenter = service("augment", "--model", "cifar10-quick")) {
      augmenter.await("Waiting for topics");
      try (MillraceProcess producer =
          service(
              "produce",
              "--data",
              images.toString(),
              "--epochs",
              "2",
              "--partitions",
              Integer.toString(PARTITIONS))) {
        awaitAll();
        assertThat(producer.exitCode()).as(producer.output()).isEqualTo(ExitCode.OK);
      }
    }
  }

  // From the first image to the last there is never a false alarm.
  private static void awaitAll() throws Exception {
    EpochCounts total;
    do {
      Thread.sleep(20);
      if (!exist()) {
        total = new EpochCounts(0, 0, 0, 0, 0, 0, 0, 0);
        continue;
      }
      Verification now = verify("millrace");
      assertThat(now.findings()).isEmpty();
      total = now.total();
    } while (total.tensors() + total.deadLetters() < IMAGES);
  }

  private static boolean exist() throws Exception {
    try (Admin admin = Admin.create(kafka())) {
      List<String> names = STREAM.all().stream().<String>map(topic -> topic.name()).toList();
      return admin.listTopics().names().get().containsAll(names);
    }
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  private static MillraceProcess service(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    return MillraceProcess.start(folder, all.toArray(String[]::new));
  }

  private static Verification verify(String prefix) throws Exception {
    return new Verifier(new Topics(prefix), kafka(), (topic, records) -> {}).run();
  }

  private static void verifies(int exitCode, String prefix, String... words) throws Exception {
    try (MillraceProcess verify = service("verify", "--partitions", "--prefix", prefix)) {
      assertThat(verify.exitCode()).as(verify.output()).isEqualTo(exitCode);
      assertThat(verify.output()).contains(words).doesNotContain("Exception");
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    Map<String, Object> properties = new HashMap<>(kafka());
    properties.put("isolation.level", "read_committed");
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  private static void write(String topic, List<ConsumerRecord<byte[], byte[]>> records) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (ConsumerRecord<byte[], byte[]> record : records) {
        var _ =
            producer.send(
                new ProducerRecord<>(topic, record.partition(), record.key(), record.value()));
      }
    }
  }

  /** Copies the stream's tensors and dead letters under another prefix. */
  private static void copy(String prefix, List<ConsumerRecord<byte[], byte[]>> tensors)
      throws Exception {
    Topics copy = new Topics(prefix);
    try (Admin admin = Admin.create(kafka())) {
      copy.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, 1 << 20));
    }
    write(copy.tensors(Split.TRAIN).name(), tensors);
    write(copy.tensors(Split.VALIDATION).name(), read(STREAM.tensors(Split.VALIDATION).name()));
    List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : read(STREAM.deadLetters().name())) {
      DeadLetter letter =
          STREAM.deadLetters().serde().deserializer().deserialize("", record.value());
      letter.setTopic(letter.getTopic().replace("millrace.", prefix + "."));
      letters.add(
          new ConsumerRecord<>(
              "",
              0,
              0,
              record.key(),
              copy.deadLetters().serde().serializer().serialize("", letter)));
    }
    write(copy.deadLetters().name(), letters);
  }

  private static List<ConsumerRecord<byte[], byte[]>> tensors() {
    return new ArrayList<>(read(STREAM.tensors(Split.TRAIN).name()));
  }

  private static ConsumerRecord<byte[], byte[]> tensor(
      List<ConsumerRecord<byte[], byte[]>> tensors, int epoch) {
    return tensors.stream()
        .filter(record -> {
          ByteBuffer value = ByteBuffer.wrap(record.value());
          if (!ImageTensorView.isImageTensor(value)) {
            return false;
          }
          ImageTensorView tensor = ImageTensorView.of(value);
          return tensor.epoch() == epoch && tensor.sequence() > 10;
        })
        .findFirst()
        .orElseThrow();
  }

  @ConcurrentTest
  void shouldFindNothingWrongWithARealStream() throws Exception {
    verifies(
        ExitCode.OK,
        "millrace",
        "Nothing lost and nothing doubled: %d images = %d tensors + %d dead letters; 0 waiting"
            .formatted(IMAGES, IMAGES - DEAD_LETTERS, DEAD_LETTERS));
  }

  @ConcurrentTest
  void shouldFindATensorThatWasLeftOut() throws Exception {
    List<ConsumerRecord<byte[], byte[]>> tensors = tensors();
    ConsumerRecord<byte[], byte[]> left = tensor(tensors, 1);
    tensors.remove(left);
    copy("gap", tensors);

    ImageTensorView lost = ImageTensorView.of(ByteBuffer.wrap(left.value()));
    verifies(
        ExitCode.FAILED,
        "gap",
        "Lost: sequence %d of epoch 1: no tensor in gap.tensors.train-%d"
            .formatted(lost.sequence(), left.partition()),
        "1 lost, 0 doubled");
  }

  @ConcurrentTest
  void shouldFindATensorThatIsThereTwice() throws Exception {
    List<ConsumerRecord<byte[], byte[]>> tensors = tensors();
    ConsumerRecord<byte[], byte[]> twice = tensor(tensors, 0);
    tensors.add(twice);
    copy("twice", tensors);

    ImageTensorView doubled = ImageTensorView.of(ByteBuffer.wrap(twice.value()));
    verifies(
        ExitCode.FAILED,
        "twice",
        "Doubled: the tensor of sequence %d of epoch 0 is there again at twice.tensors.train-%d@"
            .formatted(doubled.sequence(), twice.partition()),
        "0 lost, 1 doubled");
  }

  @ConcurrentTest
  void shouldCountWhatWasDeletedOnceItWasTrainedOn() throws Exception {
    copy("front", tensors());
    Map<TopicPartition, RecordsToDelete> trainedOn = new HashMap<>();
    for (int p = 0; p < PARTITIONS; p++) {
      trainedOn.put(new TopicPartition("front.tensors.train", p), RecordsToDelete.beforeOffset(30));
    }
    try (Admin admin = Admin.create(kafka())) {
      admin.deleteRecords(trainedOn).all().get();
    }

    Verification verification = verify("front");

    assertThat(verification.findings()).isEmpty();
    assertThat(verification.total().published()).isEqualTo(IMAGES);
    assertThat(verification.total().deadLetters()).isEqualTo(DEAD_LETTERS);
    // 24 sequences of an epoch and its end are in a partition, less its dead letters.
    assertThat(verification.total().deleted()).isBetween(50L, 60L);
    assertThat(verification.total().tensors())
        .isEqualTo(IMAGES - DEAD_LETTERS - verification.total().deleted());
  }

  @ConcurrentTest
  void shouldNotStartWithoutTopics() throws Exception {
    verifies(ExitCode.CANNOT_START, "nothing", "There is no topic nothing.images.train");
  }

  @ConcurrentTest
  void shouldTakeTopicsWithoutRecords() throws Exception {
    try (Admin admin = Admin.create(kafka())) {
      new Topics("empty").createMissing(admin, TopicSettings.DEFAULT);
    }

    verifies(
        ExitCode.OK,
        "empty",
        "Nothing lost and nothing doubled: 0 images = 0 tensors + 0 dead letters; 0 waiting");
  }

  @ConcurrentTest
  void shouldRefuseTopicsOfDifferentPartitions() throws Exception {
    try (Admin admin = Admin.create(kafka())) {
      new Topics("uneven").createMissing(admin, new TopicSettings(2, (short) 1, 1 << 20));
      admin
          .createPartitions(Map.of("uneven.tensors.train", NewPartitions.increaseTo(3)))
          .all()
          .get();
    }

    verifies(
        ExitCode.CANNOT_START,
        "uneven",
        "Cannot compare uneven.images.train with uneven.tensors.train",
        "2 and 3 partitions");
  }
}
