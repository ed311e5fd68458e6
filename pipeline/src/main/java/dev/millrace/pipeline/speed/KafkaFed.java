package dev.millrace.pipeline.speed;

import dev.millrace.broker.BrokerException;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.StepReport;
import dev.millrace.trainer.Trainer;
import dev.millrace.trainer.TrainingListener;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * Trains on random tensors that lie in a topic of a broker in this process: all that a trainer
 * does, but no augmenter beside it.
 */
public final class KafkaFed implements AutoCloseable {
  private static final long LONGEST_CHECKPOINT_SECONDS = 120;
  private static final double NANOS_A_MILLI = 1e6;

  private final SpeedSettings settings;
  private final EmbeddedBroker broker;
  private final Map<String, Object> kafka;

  private KafkaFed(SpeedSettings settings, EmbeddedBroker broker) {
    this.settings = settings;
    this.broker = broker;
    this.kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  /**
   * Starts the broker.
   *
   * @param folder where it keeps its topics: about 1.2 times the images' bytes, and two checkpoints
   * @throws BrokerException if it cannot start
   */
  public static KafkaFed start(SpeedSettings settings, Path folder) throws BrokerException {
    return new KafkaFed(settings, EmbeddedBroker.start(folder, "127.0.0.1", 0, Map.of()));
  }

  /**
   * Fills a topic, trains on it and measures; the checkpoint that every trainer begins after ten
   * steps is waited for before.
   */
  public StepSpeed measure() throws InterruptedException {
    Topics topics = new Topics("speed");
    try (Admin admin = Admin.create(kafka)) {
      topics.createMissing(admin, new TopicSettings(settings.partitions(), (short) 1, 1 << 20));
    }
    new SyntheticTensors(settings.network().inputSize(), settings.classes(), settings.images())
        .publish(topics, kafka, settings.partitions());
    Listener listener = new Listener();
    try (Trainer trainer =
        new Trainer(settings.training(), topics, kafka, InstantSource.system(), listener)) {
      trainer.run();
    }
    return listener.speed();
  }

  @Override
  public void close() {
    broker.close();
  }

  private static final class Listener implements TrainingListener {
    private final CountDownLatch checkpointed = new CountDownLatch(1);
    private final StepMeter meter = new StepMeter();
    private long before;
    private double checkpointStepMillis;

    @Override
    public void onCheckpoint(CheckpointManifest checkpoint) {
      checkpointed.countDown();
    }

    @Override
    public void onStep(StepReport step) {
      long now = System.nanoTime();
      if (step.step() == SpeedSettings.CHECKPOINT_STEP + 1) {
        checkpointStepMillis = (now - before) / NANOS_A_MILLI;
      }
      if (step.step() > SpeedSettings.WARM_UP) {
        meter.step(step.images(), step.dataWaitShare());
      } else if (step.step() == SpeedSettings.WARM_UP) {
        awaitCheckpoint();
        meter.begin();
      }
      before = now;
    }

    private void awaitCheckpoint() {
      try {
        if (!checkpointed.await(LONGEST_CHECKPOINT_SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException(
              "The checkpoint has not been committed within %d s"
                  .formatted(LONGEST_CHECKPOINT_SECONDS));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while a checkpoint was written", e);
      }
    }

    StepSpeed speed() {
      return meter.speed(checkpointStepMillis);
    }
  }
}
