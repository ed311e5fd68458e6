package dev.millrace.trainer;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Where a topic of one partition ends. */
final class EndOffsets {
  private EndOffsets() {}

  /**
   * The last stable offset: every transaction that has a record before it has ended.
   *
   * @throws KafkaException if the topic does not exist or the brokers do not answer
   */
  static long stable(Admin admin, String topic) throws InterruptedException {
    return of(admin, topic, IsolationLevel.READ_COMMITTED);
  }

  /**
   * Behind the last record, whether or not its transaction has ended.
   *
   * @throws KafkaException if the topic does not exist or the brokers do not answer
   */
  static long written(Admin admin, String topic) throws InterruptedException {
    return of(admin, topic, IsolationLevel.READ_UNCOMMITTED);
  }

  private static long of(Admin admin, String topic, IsolationLevel isolation)
      throws InterruptedException {
    TopicPartition partition = new TopicPartition(topic, 0);
    try {
      return admin
          .listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
          .partitionResult(partition)
          .get()
          .offset();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
  }
}
