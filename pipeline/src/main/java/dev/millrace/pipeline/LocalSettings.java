package dev.millrace.pipeline;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.pipeline.cli.BrokerOptions;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.KafkaOptions;
import dev.millrace.pipeline.cli.MetricsOptions;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.TrainerOptions;

/** What all services in one process run with. */
record LocalSettings(
    BrokerOptions broker,
    KafkaOptions kafka,
    MetricsOptions metrics,
    Topics topics,
    TopicSettings topicSettings,
    ProducerOptions producer,
    AugmenterOptions augmenter,
    TrainerOptions trainer) {

  /**
   * The most bytes that the topics take on disk: images and tensors ahead, tensors kept until the
   * next checkpoint, the checkpoints that are kept and two under way, the validation tensors, and 1
   * GiB for metrics and the broker's own.
   */
  long diskBytes(int classes, int validationImages) {
    return producer.maxAheadBytes()
        + augmenter.maxAheadBytes()
        + trainer.checkpointBytes()
        + checkpointBytes(classes) * (trainer.keepCheckpoints() + 2)
        + 3L * augmenter.resize() * augmenter.resize() * validationImages
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
