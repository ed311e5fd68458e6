package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.CheckpointArchive;
import java.util.Map;

/** Opens the checkpoints for a command. */
final class Archives {
  private Archives() {}

  /**
   * Opens them, when the brokers answer and have the topics.
   *
   * @throws CannotStartException if not; the message says the mend
   */
  static CheckpointArchive open(Service service, Map<String, Object> kafka, Topics topics)
      throws CannotStartException, InterruptedException {
    service.requireBroker(kafka);
    service.requireTopic(kafka, topics.checkpoints());
    service.requireTopic(kafka, topics.checkpointChunks());
    return new CheckpointArchive(topics, kafka);
  }
}
