package dev.millrace.trainer;

import dev.millrace.broker.BrokerException;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Split;
import dev.millrace.trainer.model.Device;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** A broker, and runs of a small network on it, of which each test looks at some. */
final class TestRuns implements AutoCloseable {
  static final int MINIBATCH = 8;
  static final int IMAGES = 28; // three minibatches of 8 and one of 4
  static final int STEPS = 11; // into the third epoch

  private final EmbeddedBroker broker;

  TestRuns(Path directory) throws BrokerException {
    broker = EmbeddedBroker.start(directory, "127.0.0.1", 0, Map.of());
  }

  /** Topics with four epochs of images, and ten images to evaluate with. */
  TestStream stream(String prefix) throws InterruptedException {
    TestStream stream = empty(prefix);
    stream.epoch(Split.VALIDATION, 0, 10);
    for (int epoch = 0; epoch < 4; epoch++) {
      stream.epoch(Split.TRAIN, epoch, IMAGES);
    }
    return stream.flush();
  }

  TestStream empty(String prefix) throws InterruptedException {
    return new TestStream(broker.bootstrapServers(), prefix);
  }

  static TrainerOptions options(String run, int steps) {
    return builder(run, steps).build();
  }

  static TrainerOptions.Builder builder(String run, int steps) {
    return TrainerOptions.builder()
        .run(run)
        .model("cifar10-quick")
        .steps(steps)
        .minibatchSize(MINIBATCH)
        .schedule(new LearningRateSchedule.Plateau(1))
        .device(Device.CPU)
        .threads(1)
        .checkpointSteps(2)
        .checkpointInterval(Duration.ZERO)
        .dataTimeout(Duration.ofSeconds(60));
  }

  static Trainer trainer(TestStream stream, TrainerOptions options, TrainingListener listener) {
    return new Trainer(options, stream.topics, stream.kafka, InstantSource.system(), listener);
  }

  /** Trains to the end. */
  static TrainingSummary train(TestStream stream, TrainerOptions options)
      throws InterruptedException {
    try (Trainer trainer = trainer(stream, options, TrainingListener.NONE)) {
      return trainer.run();
    }
  }

  /** The newest checkpoint of a run. */
  static CheckpointManifest newest(TestStream stream, String run) throws InterruptedException {
    return stream.checkpoints().reversed().stream()
        .map(StoredCheckpoint::manifest)
        .filter(manifest -> manifest.getRun().equals(run))
        .findFirst()
        .orElseThrow();
  }

  /** Trains until it has done a step and written its checkpoint. */
  static TrainingSummary trainOneStep(TestStream stream, TrainerOptions options)
      throws InterruptedException {
    Trainer[] self = new Trainer[1];
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(StepReport step) {
            self[0].requestStop();
          }
        };
    try (Trainer trainer = trainer(stream, options, listener)) {
      self[0] = trainer;
      return trainer.run();
    }
  }

  @Override
  public void close() {
    broker.close();
  }
}
