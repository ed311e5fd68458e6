package dev.millrace.pipeline;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.pipeline.cli.BrokerOptions;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.DashboardPageOptions;
import dev.millrace.pipeline.cli.KafkaOptions;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.TrainerOptions;
import java.util.OptionalInt;

/**
 * What all services in one process run with.
 *
 * @param colocatedThreads threads that augment in the trainer, without an augmenter; empty where
 *     there is one
 */
record LocalSettings(
    BrokerOptions broker,
    KafkaOptions kafka,
    DashboardPageOptions dashboard,
    Topics topics,
    TopicSettings topicSettings,
    ProducerOptions producer,
    AugmenterOptions augmenter,
    TrainerOptions trainer,
    OptionalInt colocatedThreads) {
  // Of a validation image that is kept as it is: what ImageNet's have on average.
  private static final long USUAL_IMAGE_BYTES = 110_000;

  /**
   * The most bytes that the topics take on disk: images and tensors ahead, what is read kept until
   * the next checkpoint, the checkpoints that are kept and two under way, the validation tensors or
   * images, and 1 GiB for metrics and the broker's own.
   */
  long diskBytes(int classes, long validationImages) {
    long validationImage =
        colocatedThreads.isPresent()
            ? USUAL_IMAGE_BYTES
            : 3L * augmenter.resize() * augmenter.resize();
    return producer.maxAheadBytes()
        + (colocatedThreads.isPresent() ? 0 : augmenter.maxAheadBytes())
        + trainer.checkpointBytes()
        + checkpointBytes(classes) * (trainer.keepCheckpoints() + 2)
        + validationImage * validationImages
        + (1L << 30);
  }

  /**
   * Checks that the labels fit the classes that the user has named.
   *
   * @throws CannotStartException if there are more
   */
  void requireClasses(int found) throws CannotStartException {
    if (trainer.classes() != 0 && trainer.classes() < found) {
      throw new CannotStartException(
          "Cannot train on %d classes (--classes): the dataset has %d; leave the option out, or name as many"
              .formatted(trainer.classes(), found));
    }
  }

  /** Bytes of a checkpoint: weights and momenta. */
  long checkpointBytes(int classes) {
    return trainer.network().parameters(classes) * 2 * Float.BYTES;
  }
}
