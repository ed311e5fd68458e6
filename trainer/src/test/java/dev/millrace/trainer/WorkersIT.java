package dev.millrace.trainer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import dev.millrace.trainer.model.Device;
import dev.millrace.trainer.model.Distance;
import dev.millrace.trainer.model.Peers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several workers that train a small network together through a real broker. */
final class WorkersIT {
  private static final int MINIBATCH = 8;
  private static final int IMAGES = 25; // three minibatches of 8 and one of a single image
  private static final int STEPS = 11; // into the third epoch

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

  private static TrainerOptions.Builder builder(String run) {
    return TrainerOptions.builder()
        .run(run)
        .model("cifar10-quick")
        .steps(STEPS)
        .minibatchSize(MINIBATCH)
        .learningRate(0.01)
        .schedule(new LearningRateSchedule.Plateau(1))
        .device(Device.CPU)
        .threads(1)
        .checkpointSteps(2)
        .checkpointInterval(Duration.ZERO)
        .keepCheckpoints(100)
        .dataTimeout(Duration.ofSeconds(60));
  }

  private static TestStream stream(String prefix) throws InterruptedException {
    TestStream stream = new TestStream(broker.bootstrapServers(), prefix);
    stream.epoch(Split.VALIDATION, 0, 10);
    for (int epoch = 0; epoch < 4; epoch++) {
      stream.epoch(Split.TRAIN, epoch, IMAGES);
    }
    return stream.flush();
  }

  @Test
  void shouldTrainAsOneTrainerDoes() throws Exception {
    try (TestStream one = stream("one");
        TestStream stream = stream("two")) {
      try (Trainer trainer = trainer(one, builder("run").build(), Peers.NONE, null)) {
        trainer.run();
      }

      List<TrainingSummary> summaries = together(stream, builder("run").build(), -1);

      assertThat(summaries).extracting(TrainingSummary::step).containsOnly((long) STEPS);
      assertThat(summaries).extracting(TrainingSummary::stopped).containsOnly(false);
      assertThat(summaries.getFirst().evaluation()).isNotNull();
      Map<Long, CheckpointManifest> alone = byStep(one);
      Map<Long, CheckpointManifest> joint = byStep(stream);
      assertThat(joint.keySet()).isEqualTo(alone.keySet());
      CheckpointManifest last = last(joint);
      assertThat(last.getOffsets()).isEqualTo(last(alone).getOffsets());
      for (String kept :
          List.of("images", TrainingState.DIGEST, "learning_rate", TrainingState.FIRST_SEQUENCE)) {
        assertThat(last.getState().get(kept))
            .as(kept)
            .isNotNull()
            .isEqualTo(last(alone).getState().get(kept));
      }
      assertThat(last.getEnvironment()).containsEntry("devices", "2 workers of 1");
      Distance.assertMovedAlike(
          tensors(one, alone.get(2L)), tensors(one, last(alone)), tensors(stream, last), 1e-3);
      assertThat(stream.metrics())
          .as("metrics of the first worker alone")
          .filteredOn(metric -> metric.getSplit() == Split.TRAIN)
          .extracting(TrainingMetric::getStep)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, STEPS).boxed().toList());
      assertThat(stream.progress("two-trainer-run").getFinished()).isTrue();
    }
  }

  @Test
  void shouldStopTogetherWhereAnyIsToldToAndGoOnFromThere() throws Exception {
    try (TestStream stream = stream("stop")) {
      List<TrainingSummary> first = together(stream, builder("run").build(), 1);
      CheckpointManifest between = last(byStep(stream));
      List<TrainingSummary> second = together(stream, builder("run").build(), -1);

      assertThat(first).extracting(TrainingSummary::stopped).containsOnly(true);
      assertThat(first).extracting(TrainingSummary::step).containsOnly(between.getStep());
      assertThat(between.getStep()).isBetween(1L, STEPS - 1L);
      assertThat(second).extracting(TrainingSummary::step).containsOnly((long) STEPS);
      assertThat(stream.metrics())
          .filteredOn(metric -> metric.getSplit() == Split.TRAIN)
          .extracting(TrainingMetric::getStep)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, STEPS).boxed().toList());
    }
  }

  @Test
  void shouldRefuseWorkersThatDoNotReadTheSameImages() throws Exception {
    try (TestStream stream = stream("mixed");
        TestStream other = new TestStream(broker.bootstrapServers(), "other")) {
      other.epoch(Split.VALIDATION, 0, 10).epoch(Split.TRAIN, 0, 7).flush();
      List<String> addresses = addresses(2);
      try (ExecutorService threads = Executors.newFixedThreadPool(2);
          Trainer right = trainer(stream, builder("run").build(), new Peers(addresses, 0), null);
          Trainer wrong = trainer(other, builder("run").build(), new Peers(addresses, 1), null)) {
        for (Future<TrainingSummary> run :
            List.of(threads.submit(right::run), threads.submit(wrong::run))) {
          assertThatThrownBy(run::get)
              .isInstanceOf(ExecutionException.class)
              .cause()
              .isInstanceOf(OutOfStepException.class)
              .hasMessageContaining("same options");
        }
      }
    }
  }

  /**
   * Trains with two workers.
   *
   * @param stopper rank of the one that is told to stop after its third step, or -1
   */
  private static List<TrainingSummary> together(
      TestStream stream, TrainerOptions options, int stopper) throws Exception {
    List<String> addresses = addresses(2);
    List<Trainer> trainers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<TrainingSummary>> runs = new ArrayList<>();
      for (int rank = 0; rank < 2; rank++) {
        Trainer trainer =
            trainer(stream, options, new Peers(addresses, rank), rank == stopper ? 3L : null);
        trainers.add(trainer);
        runs.add(threads.submit(trainer::run));
      }
      List<TrainingSummary> summaries = new ArrayList<>();
      for (Future<TrainingSummary> run : runs) {
        summaries.add(run.get());
      }
      return summaries;
    } finally {
      trainers.forEach(Trainer::close);
    }
  }

  private static Trainer trainer(
      TestStream stream, TrainerOptions options, Peers peers, @Nullable Long stopAfter) {
    Trainer[] self = new Trainer[1];
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(StepReport step) {
            if (stopAfter != null && step.step() == stopAfter) {
              self[0].requestStop();
            }
          }
        };
    self[0] =
        new Trainer(
            options,
            new Feed.Tensors(),
            stream.topics,
            stream.kafka,
            InstantSource.system(),
            listener,
            peers);
    return self[0];
  }

  static List<String> addresses(int count) throws IOException {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        addresses.add("localhost:" + socket.getLocalPort());
      }
    }
    return addresses;
  }

  private static Map<Long, CheckpointManifest> byStep(TestStream stream)
      throws InterruptedException {
    Map<Long, CheckpointManifest> byStep = new LinkedHashMap<>();
    stream.checkpoints().forEach(c -> byStep.put(c.manifest().getStep(), c.manifest()));
    return byStep;
  }

  private static CheckpointManifest last(Map<Long, CheckpointManifest> byStep) {
    return List.copyOf(byStep.values()).getLast();
  }

  private static Map<String, ByteBuffer> tensors(
      TestStream stream, @Nullable CheckpointManifest manifest) {
    KafkaClients clients = new KafkaClients(stream.kafka, "reader");
    try (CheckpointReader reader = new CheckpointReader(clients.reader(), stream.topics);
        LoadedCheckpoint loaded = reader.load(List.of(requireNonNull(manifest)))) {
      Map<String, ByteBuffer> copies = new LinkedHashMap<>();
      requireNonNull(loaded)
          .tensors()
          .forEach((name, bytes) ->
              copies.put(
                  name, ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip()));
      return copies;
    }
  }
}
