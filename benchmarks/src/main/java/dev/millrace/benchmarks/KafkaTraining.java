package dev.millrace.benchmarks;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.producer.ImageProducer;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.Trainer;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingListener;
import dev.millrace.trainer.TrainingSummary;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * Trains through Kafka as {@code millrace run} does: broker, producer, augmenter and trainer in
 * this process.
 */
final class KafkaTraining {
  private static final long IMAGES_AHEAD = 64L << 20;

  private final Path folder;
  private final Dataset dataset;
  private final AugmenterOptions augmenting;
  private final TrainerOptions training;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /**
   * Prepares it.
   *
   * @param folder where the broker keeps its topics
   */
  KafkaTraining(
      Path folder, Dataset dataset, AugmenterOptions augmenting, TrainerOptions training) {
    this.folder = folder;
    this.dataset = dataset;
    this.augmenting = augmenting;
    this.training = training;
  }

  TrainingSummary run(TrainingListener listener) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, "127.0.0.1", 0, Map.of())) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
      Topics topics = new Topics("millrace");
      try (Admin admin = Admin.create(kafka)) {
        topics.createMissing(admin, TopicSettings.DEFAULT);
      }
      return services(topics, kafka, listener);
    }
  }

  private TrainingSummary services(
      Topics topics, Map<String, Object> kafka, TrainingListener listener) throws Exception {
    InstantSource clock = InstantSource.system();
    ProducerOptions producing =
        new ProducerOptions(
            training.seed(),
            training.epochs(),
            TopicSettings.DEFAULT.maxImageBytes(),
            IMAGES_AHEAD);
    TrainingSummary summary;
    try (AugmenterService augmenter = new AugmenterService(augmenting, topics, kafka);
        Trainer trainer = new Trainer(training, topics, kafka, clock, listener)) {
      augmenter.start();
      var _ = augmenter.stopped().whenComplete((_, thrown) -> fail(thrown, trainer));
      Thread publishing;
      try (ImageProducer producer = new ImageProducer(producing, topics, kafka, dataset, clock)) {
        publishing = Thread.ofPlatform().start(() -> publish(producer, trainer));
        summary = trainer.run();
      }
      publishing.join();
    }
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException("The images did not get through Kafka", thrown);
    }
    return summary;
  }

  private void publish(ImageProducer producer, Trainer trainer) {
    try {
      producer.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      fail(e, trainer);
    }
  }

  // Without the others the trainer would wait for tensors for ever.
  private void fail(@Nullable Throwable thrown, Trainer trainer) {
    if (thrown != null && failure.compareAndSet(null, thrown)) {
      trainer.requestStop();
    }
  }
}
