package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.schemas.CheckpointChunk;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.trainer.model.Activation;
import dev.millrace.trainer.model.Device;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Looks at checkpoints of a small network and removes them, beside runs that write others. */
@Timeout(120)
final class CheckpointArchiveIT {
  private static final int STEPS = 7; // checkpoints of steps 2, 4, 6 and 7

  @TempDir static Path directory;
  private static EmbeddedBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = EmbeddedBroker.start(directory, "127.0.0.1", 0, Map.of());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static TestStream stream(String prefix) throws InterruptedException {
    TestStream stream = new TestStream(broker.bootstrapServers(), prefix);
    stream.epoch(Split.VALIDATION, 0, 10);
    for (int epoch = 0; epoch < 3; epoch++) {
      stream.epoch(Split.TRAIN, epoch, 28);
    }
    return stream.flush();
  }

  private static void train(TestStream stream, String run, int steps, int keep)
      throws InterruptedException {
    TrainerOptions options =
        TrainerOptions.builder()
            .run(run)
            .model("cifar10-quick")
            .steps(steps)
            .minibatchSize(8)
            .device(Device.CPU)
            .threads(1)
            .checkpointSteps(2)
            .checkpointInterval(Duration.ZERO)
            .keepCheckpoints(keep)
            .activation(Activation.TANH)
            .dropout(0.25)
            .dataTimeout(Duration.ofSeconds(60))
            .build();
    try (Trainer trainer =
        new Trainer(
            options, stream.topics, stream.kafka, InstantSource.system(), TrainingListener.NONE)) {
      trainer.run();
    }
  }

  private static CheckpointArchive archive(TestStream stream) {
    return new CheckpointArchive(stream.topics, stream.kafka);
  }

  private static List<String> available(TestStream stream) throws InterruptedException {
    return stream.checkpoints().stream()
        .filter(StoredCheckpoint::available)
        .map(stored -> stored.manifest().getRun() + " " + stored.manifest().getStep())
        .toList();
  }

  private static long firstChunk(TestStream stream) throws InterruptedException {
    return FirstOffsets.of(stream.admin, stream.topics.checkpointChunks().name(), 1)
        .getOrDefault(0, -1L);
  }

  /** The same manifest with another hash, as if its bytes had changed. */
  private static CheckpointManifest damaged(CheckpointManifest manifest) {
    return CheckpointManifest.newBuilder(manifest).setSha256("0".repeat(64)).build();
  }

  @Test
  void shouldFindWhatAClassifierIsMadeOf() throws Exception {
    try (TestStream stream = stream("find");
        CheckpointArchive archive = archive(stream)) {
      train(stream, "one", STEPS, 9);

      CheckpointManifest newest = archive.find("one", new CheckpointChoice.Latest());
      assertThat(newest.getStep()).isEqualTo(STEPS);
      assertThat(archive.find("one", CheckpointChoice.parse("4")).getStep()).isEqualTo(4);
      assertThatThrownBy(() -> archive.find("one", CheckpointChoice.parse("5")))
          .isInstanceOf(UnusableCheckpointException.class)
          .hasMessageContaining("there are those of steps [2, 4, 6, 7]");
      assertThatThrownBy(() -> archive.find("other", new CheckpointChoice.Best()))
          .isInstanceOf(UnusableCheckpointException.class)
          .hasMessageContaining("Run other has no checkpoint");

      CheckpointContents contents = archive.contents(newest);
      ModelDescription model = contents.model();
      assertThat(model.network().name()).isEqualTo("cifar10-quick");
      assertThat(model.classes()).isEqualTo(TestStream.CLASSES);
      assertThat(model.activation()).isEqualTo(Activation.TANH);
      assertThat(model.dropout()).isEqualTo(0.25f);
      assertThat(model.mean()).isEqualTo(model.network().mean());
      assertThat(model.allNames())
          .isEqualTo(IntStream.range(0, TestStream.CLASSES).mapToObj(c -> "class" + c).toList());
      assertThat(contents.tensors().getFirst())
          .isEqualTo(new TensorEntry("conv1/weights", "F32", List.of(5L, 5L, 3L, 32L), 9600));
    }
  }

  @Test
  void shouldReadCheckpointsThatTellLess() throws Exception {
    try (TestStream stream = stream("less");
        CheckpointArchive archive = archive(stream)) {
      train(stream, "one", 2, 9);
      CheckpointManifest newest = archive.find("one", new CheckpointChoice.Latest());
      Map<String, String> less = new TreeMap<>(newest.getState());
      less.keySet().removeAll(List.of("classes", "dropout", "mean", "activation", "statistics"));
      CheckpointManifest old = CheckpointManifest.newBuilder(newest).setState(less).build();
      ModelDescriptions descriptions =
          new ModelDescriptions(
              stream.topics, stream.kafka, new KafkaClients(stream.kafka, "less-test"));

      ModelDescription model = descriptions.of(old, Map.of());

      assertThat(model.classes()).isEqualTo(TestStream.CLASSES);
      assertThat(model.activation()).isEqualTo(Activation.RELU);
      assertThat(model.dropout()).isEqualTo((float) model.network().hyperparameters().dropout());
      assertThat(model.mean()).isEqualTo(model.network().mean());
      assertThat(model.name(3)).isEqualTo("class3"); // of the topic of classes
      old.setClassListId("another");
      assertThat(descriptions.of(old, Map.of()).name(3)).isEqualTo("3");
      old.setState(Map.of("statistics", "gone"));
      assertThatThrownBy(() -> descriptions.of(old, Map.of()))
          .isInstanceOf(UnusableCheckpointException.class)
          .hasMessageContaining("mean of the statistics gone");
    }
  }

  @Test
  void shouldTellDamagedCheckpoints() throws Exception {
    try (TestStream stream = stream("damaged");
        CheckpointArchive archive = archive(stream)) {
      train(stream, "one", 2, 9);
      CheckpointManifest newest = archive.find("one", new CheckpointChoice.Latest());
      archive.verify(newest);

      assertThatThrownBy(() -> archive.verify(damaged(newest)))
          .isInstanceOf(DamagedCheckpointException.class)
          .hasMessageContaining("its SHA-256 must be 0000");
      CheckpointManifest longer =
          CheckpointManifest.newBuilder(newest).setChunks(newest.getChunks() + 1).build();
      assertThatThrownBy(() -> archive.verify(longer))
          .isInstanceOf(DamagedCheckpointException.class)
          .hasMessageContaining(
              "%d of %d chunks were found".formatted(newest.getChunks(), longer.getChunks()));
    }
  }

  @Test
  void shouldPruneToTheNewestAndToOneThatIsWhole() throws Exception {
    try (TestStream stream = stream("prune");
        CheckpointArchive archive = archive(stream)) {
      train(stream, "one", STEPS, 9);

      Pruning told = archive.prune(2, true);
      assertThat(told.removed()).extracting(CheckpointManifest::getStep).containsExactly(2L, 4L);
      assertThat(available(stream)).containsExactly("one 2", "one 4", "one 6", "one 7");
      assertThat(archive.prune(2, false)).isEqualTo(told);
      assertThat(available(stream)).containsExactly("one 6", "one 7");

      CheckpointManifest broken = damaged(archive.find("one", CheckpointChoice.parse("7")));
      broken.setStep(8);
      stream.checkpoint(broken);
      assertThat(archive.prune(1, false).removed())
          .extracting(CheckpointManifest::getStep)
          .containsExactly(6L);
      assertThat(available(stream)).containsExactly("one 7", "one 8");
      archive.verify(archive.find("one", CheckpointChoice.parse("7")));
    }
  }

  // A run shows that it is there by its first manifest only.
  @Test
  void shouldDeleteNothingThatAnotherRunIsWriting() throws Exception {
    try (TestStream stream = stream("writing");
        CheckpointArchive archive = archive(stream);
        Producer<String, byte[]> other =
            new KafkaClients(stream.kafka, "writing-other")
                .transactional("writing-other", Duration.ofMinutes(1))) {
      other.initTransactions();
      other.beginTransaction();
      long writing = sendChunk(other, stream.topics);
      train(stream, "two", STEPS, 1);

      assertThat(firstChunk(stream)).isLessThanOrEqualTo(writing);
      assertThat(archive.prune(1, false).before()).isLessThanOrEqualTo(writing);
      assertThat(firstChunk(stream)).isLessThanOrEqualTo(writing);

      other.abortTransaction();
      assertThat(archive.prune(1, false).kept())
          .extracting(CheckpointManifest::getStep)
          .containsExactly((long) STEPS);
    }
  }

  private static long sendChunk(Producer<String, byte[]> producer, Topics topics) throws Exception {
    CheckpointChunk chunk =
        new CheckpointChunk("other", 1L, 0, 1, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    String topic = topics.checkpointChunks().name();
    byte[] bytes = topics.checkpointChunks().serde().serializer().serialize(topic, chunk);
    return producer.send(new ProducerRecord<>(topic, 0, "other", bytes)).get().offset();
  }
}
