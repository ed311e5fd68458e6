package dev.millrace.pipeline;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.pipeline.cli.BrokerOptions;
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
   * The most bytes that the topics take on disk, for so many classes: images and tensors ahead,
   * tensors kept until the next checkpoint, the checkpoints that are kept and two under way, and 1
   * GiB for validation tensors, metrics and the broker's own.
   */
  long diskBytes(int classes) {
    return producer.maxAheadBytes()
        + augmenter.maxAheadBytes()
        + trainer.checkpointBytes()
        + checkpointBytes(classes) * (trainer.keepCheckpoints() + 2)
        + (1L << 30);
  }

  /** Bytes of a checkpoint: weights and momenta. */
  long checkpointBytes(int classes) {
    return trainer.network().parameters(classes) * 2 * Float.BYTES;
  }
}
