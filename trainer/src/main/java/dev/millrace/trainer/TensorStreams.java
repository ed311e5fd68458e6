package dev.millrace.trainer;

import dev.millrace.schemas.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens tensors topics at the right place. */
final class TensorStreams {
  private TensorStreams() {}

  /** A topic from its beginning on. */
  static TensorSequence fromBeginning(
      KafkaClients clients,
      Admin admin,
      Topic<SpecificRecord> topic,
      int partitions,
      TensorCheck check,
      @Nullable DeadLetterWriter deadLetters,
      Duration timeout)
      throws InterruptedException {
    SortedMap<Integer, Long> begin = FirstOffsets.of(admin, topic.name(), partitions);
    return from(
        clients.tensors(partitions),
        topic,
        StreamPosition.beginning(begin),
        begin,
        check,
        deadLetters,
        timeout);
  }

  /**
   * A topic from a position on, or from where it begins if that is behind it.
   *
   * @param begin first offset that is still there, by partition
   */
  static TensorSequence from(
      Consumer<String, ByteBuffer> consumer,
      Topic<SpecificRecord> topic,
      StreamPosition wanted,
      SortedMap<Integer, Long> begin,
      TensorCheck check,
      @Nullable DeadLetterWriter deadLetters,
      Duration timeout) {
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    boolean tailOnly = false;
    for (int partition : begin.keySet()) {
      long first = begin.getOrDefault(partition, 0L);
      long offset = wanted.offsets().getOrDefault(partition, first);
      boolean atBeginning = wanted.epoch() == 0 && wanted.sequence() == 0;
      tailOnly |= offset < first || (atBeginning && first > 0);
      offsets.put(partition, Math.max(offset, first));
    }
    return new TensorSequence(
        new PartitionFetcher(consumer, topic.name(), offsets),
        topic,
        wanted.withOffsets(offsets),
        tailOnly,
        check,
        deadLetters,
        timeout);
  }
}
