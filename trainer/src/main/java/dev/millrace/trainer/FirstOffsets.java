package dev.millrace.trainer;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Where a topic begins, now that some of it may have been deleted. */
final class FirstOffsets {
  private FirstOffsets() {}

  /**
   * First offset that is still there, by partition.
   *
   * @throws KafkaException if the topic does not exist or the brokers do not answer
   */
  static SortedMap<Integer, Long> of(Admin admin, String topic, int partitions)
      throws InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      wanted.put(new TopicPartition(topic, partition), OffsetSpec.earliest());
    }
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    try {
      for (Map.Entry<TopicPartition, ListOffsetsResultInfo> found :
          admin.listOffsets(wanted).all().get().entrySet()) {
        offsets.put(found.getKey().partition(), found.getValue().offset());
      }
      return offsets;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
  }
}
