package dev.millrace.producer;

import dev.millrace.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Reads the newest committed record of every partition of an images topic. */
final class LastRecords {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(200);

  // A transaction's marker follows the newest record; what was taken back may follow that.
  private static final long FIRST_WINDOW = 2;
  private static final long WINDOW_GROWTH = 8;

  private LastRecords() {}

  static Positions read(Map<String, Object> kafka, Topic<SpecificRecord> topic) {
    try (Consumer<String, SpecificRecord> consumer = CommittedReader.open(kafka, topic)) {
      List<TopicPartition> partitions = partitions(consumer, topic);
      Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<Positions.Position> positions = new ArrayList<>();
      for (TopicPartition partition : partitions) {
        long start = starts.getOrDefault(partition, 0L);
        long end = ends.getOrDefault(partition, 0L);
        positions.add(position(consumer, partition, start, end));
      }
      return new Positions(positions);
    }
  }

  private static List<TopicPartition> partitions(Consumer<?, ?> consumer, Topic<?> topic) {
    return consumer.partitionsFor(topic.name()).stream()
        .map(info -> new TopicPartition(topic.name(), info.partition()))
        .sorted((a, b) -> Integer.compare(a.partition(), b.partition()))
        .toList();
  }

  private static Positions.Position position(
      Consumer<String, SpecificRecord> consumer, TopicPartition partition, long start, long end) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    consumer.assign(List.of(partition));
    long from = end;
    for (long window = FIRST_WINDOW; from > start; window *= WINDOW_GROWTH) {
      from = Math.max(start, end - window);
      Optional<Positions.Position> newest = newest(consumer, partition, from, end, deadline);
      if (newest.isPresent()) {
        return newest.get();
      }
    }
    if (start > 0) {
      throw new PublishException(
          ("Cannot go on publishing to %s: all its records were deleted, the newest too, so that"
                  + " nothing tells where to go on; use another --prefix")
              .formatted(partition));
    }
    return Positions.NOTHING;
  }

  private static Optional<Positions.Position> newest(
      Consumer<String, SpecificRecord> consumer,
      TopicPartition partition,
      long from,
      long end,
      long deadline) {
    Optional<Positions.Position> newest = Optional.empty();
    consumer.seek(partition, from);
    while (consumer.position(partition) < end) {
      if (System.nanoTime() > deadline) {
        throw new PublishException(
            "Cannot read the newest record of %s (offset %d) within %d s: is its broker up?"
                .formatted(partition, end - 1, LIMIT.toSeconds()),
            new TimeoutException());
      }
      for (ConsumerRecord<String, SpecificRecord> found : consumer.poll(POLL)) {
        newest =
            Optional.of(Positions.Position.of(found.value(), found.timestamp(), found.offset()));
      }
    }
    return newest;
  }
}
