package dev.millrace.producer;

import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes sure that the topics are there that somebody is to publish to. */
final class RequiredTopics {
  private RequiredTopics() {}

  /**
   * Looks for them.
   *
   * @throws PublishException if one does not exist
   */
  static void check(Admin admin, Topic<?>... topics) throws InterruptedException {
    for (Topic<?> topic : topics) {
      try {
        Topics.partitions(admin, topic);
      } catch (UnknownTopicOrPartitionException e) {
        throw new PublishException(
            "Cannot publish: topic %s does not exist; create the topics first".formatted(topic), e);
      }
    }
  }
}
