package dev.millrace.producer;

import dev.millrace.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the newest record of every partition of an images topic. */
final class LastRecords {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(200);

  private LastRecords() {}

  static Positions read(Map<String, Object> kafka, Topic<SpecificRecord> topic) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    try (Consumer<String, SpecificRecord> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), topic.serde().deserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo info : consumer.partitionsFor(topic.name())) {
        partitions.add(new TopicPartition(topic.name(), info.partition()));
      }
      partitions.sort((a, b) -> Integer.compare(a.partition(), b.partition()));
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<Positions.Position> positions = new ArrayList<>();
      for (TopicPartition partition : partitions) {
        positions.add(
            position(
                consumer,
                partition,
                starts.getOrDefault(partition, 0L),
                ends.getOrDefault(partition, 0L)));
      }
      return new Positions(positions);
    }
  }

  private static Positions.Position position(
      Consumer<String, SpecificRecord> consumer, TopicPartition partition, long start, long end) {
    if (end == start) {
      if (start > 0) {
        throw new PublishException(
            ("Cannot go on publishing to %s: all its records were deleted, the newest too, so that"
                    + " nothing tells where to go on; use another --prefix")
                .formatted(partition));
      }
      return Positions.NOTHING;
    }
    consumer.assign(List.of(partition));
    consumer.seek(partition, end - 1);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      for (ConsumerRecord<String, SpecificRecord> found : consumer.poll(POLL)) {
        return Positions.Position.of(found.value());
      }
    }
    throw new PublishException(
        "Cannot read the newest record of %s (offset %d) within %d s: is its broker up?"
            .formatted(partition, end - 1, LIMIT.toSeconds()));
  }
}
