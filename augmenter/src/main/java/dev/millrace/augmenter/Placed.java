package dev.millrace.augmenter;

import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * A value and the partition it belongs in. Kafka's partitioners see nothing of where a record came
 * from, so the value brings it along; the brokers never see this type.
 */
record Placed(SpecificRecord value, int partition) {
  /** Encodes the value alone. */
  static Serializer<Placed> serializer(Serializer<SpecificRecord> values) {
    return (topic, placed) -> values.serialize(topic, placed.value());
  }

  /** Sends each value where it belongs. */
  static StreamPartitioner<byte[], Placed> partitioner() {
    return (topic, key, placed, partitions) -> Optional.of(Set.of(placed.partition()));
  }
}
