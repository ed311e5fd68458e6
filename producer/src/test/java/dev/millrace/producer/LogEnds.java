package dev.millrace.producer;

import dev.millrace.schemas.Topic;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** How long a topic's log is, with what is not committed and may be taken back. */
final class LogEnds implements AutoCloseable {
  private final Admin admin;
  private final Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();

  LogEnds(TestBroker broker, Topic<?> topic, int count) {
    admin = broker.admin();
    for (int p = 0; p < count; p++) {
      partitions.put(new TopicPartition(topic.name(), p), OffsetSpec.latest());
    }
  }

  long sum() throws Exception {
    return admin.listOffsets(partitions).all().get().values().stream()
        .mapToLong(ListOffsetsResultInfo::offset)
        .sum();
  }

  @Override
  public void close() {
    admin.close();
  }
}
