package dev.millrace.schemas.stream;

import dev.millrace.schemas.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the newest image of every partition of a topic of images or tensors, by reading back from
 * its last stable offset: offsets alone do not tell, for there are transactions' markers, records
 * that were taken back, and deleted ones among them. For one thread.
 */
public final class TopicEnds {
  // A marker follows the newest record; what was taken back may follow that.
  private static final long FIRST_WINDOW = 4;
  private static final long WINDOW_GROWTH = 8;

  /** How far back it looks at most, in offsets of a partition; what is older is left as it was. */
  private static final long MOST_BACK = 1 << 14;

  /** Images that their mean length rests on, about. */
  private static final int LENGTHS = 64;

  private static final Duration POLL = Duration.ofMillis(100);

  private final Consumer<?, ByteBuffer> consumer;
  private final Topic<SpecificRecord> topic;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final EpochSizes sizes;
  private final Map<TopicPartition, Long> seenTo = new HashMap<>();
  private final Map<TopicPartition, Long> newestOffset = new HashMap<>();
  private final Map<TopicPartition, Place> ends = new HashMap<>();
  private double imageBytes;
  private int lengths;

  /** Offsets of one partition, from the first up to before the last. */
  private record Range(long from, long to) {}

  /**
   * Looks at nothing yet.
   *
   * @param consumer reads committed records and is of no group; stays the caller's to close
   * @param sizes is told of every epoch's end that is seen
   */
  public TopicEnds(
      Consumer<?, ByteBuffer> consumer,
      Topic<SpecificRecord> topic,
      int partitions,
      EpochSizes sizes) {
    this.consumer = consumer;
    this.topic = topic;
    this.sizes = sizes;
    for (int p = 0; p < partitions; p++) {
      this.partitions.add(new TopicPartition(topic.name(), p));
    }
  }

  /**
   * Looks again.
   *
   * @param known offsets, by partition, before which nothing need be looked at
   * @param deadline as {@link System#nanoTime} has it
   * @return the place behind each partition's newest record; null where there is none from the
   *     known offset on, and there was none before
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer by then
   */
  public List<@Nullable Place> read(Map<Integer, Long> known, long deadline) {
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, left(deadline));
    Map<TopicPartition, Long> stable = consumer.endOffsets(partitions, left(deadline));
    Map<TopicPartition, Range> wanted = new HashMap<>();
    for (TopicPartition partition : partitions) {
      long from =
          Math.max(
              Math.max(begins.getOrDefault(partition, 0L), seenTo.getOrDefault(partition, 0L)),
              known.getOrDefault(partition.partition(), 0L));
      long to = stable.getOrDefault(partition, 0L);
      if (from < to) {
        wanted.put(partition, new Range(from, to));
      }
    }
    walkBack(wanted, deadline);
    wanted.forEach((partition, range) -> seenTo.put(partition, range.to));
    List<@Nullable Place> found = new ArrayList<>();
    partitions.forEach(partition -> found.add(ends.get(partition)));
    return found;
  }

  /** Offset of the newest record of a partition that was seen; -1 if none was. */
  public long newestOffset(int partition) {
    return newestOffset.getOrDefault(partitions.get(partition), -1L);
  }

  /**
   * Finds the end of an epoch in the first partition, by halves, and tells the sizes of it.
   *
   * @param from offset behind which it is
   */
  public void findEnd(int epoch, long from, long deadline) {
    TopicPartition partition = partitions.getFirst();
    long low = Math.max(from, begin(partition, deadline));
    long high = newestOffset.getOrDefault(partition, -1L) + 1;
    while (low < high && !sizes.knows(epoch)) {
      long middle = (low + high) >>> 1;
      PlacedRecord found = first(partition, new Range(middle, high), deadline);
      if (found == null || found.behind().epoch() > epoch) {
        high = middle;
      } else {
        low = found.offset() + 1;
      }
    }
  }

  /**
   * The first record that has a place, from an offset on.
   *
   * @param from the offset, by partition; of records that are there
   * @return by partition; those are missing that have none up to the newest one seen
   */
  public Map<Integer, PlacedRecord> firstFrom(Map<Integer, Long> from, long deadline) {
    Map<TopicPartition, Range> left = new HashMap<>();
    from.forEach((p, offset) -> {
      if (offset <= newestOffset(p)) {
        left.put(partitions.get(p), new Range(offset, newestOffset(p) + 1));
      }
    });
    Map<Integer, PlacedRecord> first = new HashMap<>();
    begin(left);
    while (!left.isEmpty()) {
      for (ConsumerRecord<?, ByteBuffer> record : poll(left.keySet().toString(), deadline)) {
        PlacedRecord found = first.containsKey(record.partition()) ? null : placed(record);
        if (found != null) {
          first.put(record.partition(), found);
        }
      }
      left.entrySet()
          .removeIf(entry -> {
            boolean over =
                first.containsKey(entry.getKey().partition())
                    || consumer.position(entry.getKey()) >= entry.getValue().to;
            if (over) {
              consumer.pause(List.of(entry.getKey()));
            }
            return over;
          });
    }
    return first;
  }

  /** Mean length of the latest images seen, key and value, in bytes; 0 if none was. */
  public double imageBytes() {
    return imageBytes;
  }

  private long begin(TopicPartition partition, long deadline) {
    return consumer
        .beginningOffsets(List.of(partition), left(deadline))
        .getOrDefault(partition, 0L);
  }

  private void walkBack(Map<TopicPartition, Range> wanted, long deadline) {
    Map<TopicPartition, Long> above = new HashMap<>();
    wanted.forEach((partition, range) -> above.put(partition, range.to));
    for (long window = FIRST_WINDOW; !above.isEmpty() && window <= MOST_BACK; ) {
      Map<TopicPartition, Range> ranges = new HashMap<>();
      for (Map.Entry<TopicPartition, Long> entry : above.entrySet()) {
        Range range = wanted.getOrDefault(entry.getKey(), new Range(0, 0));
        long from = Math.max(range.from, range.to - window);
        ranges.put(entry.getKey(), new Range(from, entry.getValue()));
      }
      Map<TopicPartition, PlacedRecord> found = newest(ranges, deadline);
      found.forEach((partition, newest) -> {
        newestOffset.put(partition, newest.offset());
        ends.merge(partition, newest.behind(), Place::later);
      });
      ranges.forEach((partition, range) -> {
        boolean all = range.from <= wanted.getOrDefault(partition, range).from;
        if (all || found.containsKey(partition)) {
          above.remove(partition);
        } else {
          above.put(partition, range.from);
        }
      });
      window *= WINDOW_GROWTH;
    }
  }

  private Map<TopicPartition, PlacedRecord> newest(
      Map<TopicPartition, Range> ranges, long deadline) {
    Map<TopicPartition, PlacedRecord> newest = new HashMap<>();
    begin(ranges);
    Map<TopicPartition, Range> left = new HashMap<>(ranges);
    while (!left.isEmpty()) {
      for (ConsumerRecord<?, ByteBuffer> record : poll(left.keySet().toString(), deadline)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        Range range = left.get(partition);
        PlacedRecord found = range == null || record.offset() >= range.to ? null : placed(record);
        if (found != null) {
          newest.put(partition, found);
        }
      }
      // The last offsets may be those of markers: the position tells, not the records.
      left.entrySet()
          .removeIf(entry -> {
            boolean over = consumer.position(entry.getKey()) >= entry.getValue().to;
            if (over) {
              consumer.pause(List.of(entry.getKey()));
            }
            return over;
          });
    }
    return newest;
  }

  private @Nullable PlacedRecord first(TopicPartition partition, Range range, long deadline) {
    begin(Map.of(partition, range));
    while (consumer.position(partition) < range.to) {
      for (ConsumerRecord<?, ByteBuffer> record : poll(partition.toString(), deadline)) {
        PlacedRecord found = record.offset() < range.to ? placed(record) : null;
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private void begin(Map<TopicPartition, Range> ranges) {
    consumer.assign(ranges.keySet());
    consumer.resume(ranges.keySet());
    ranges.forEach((partition, range) -> consumer.seek(partition, range.from));
  }

  private Iterable<? extends ConsumerRecord<?, ByteBuffer>> poll(String what, long deadline) {
    if (System.nanoTime() > deadline) {
      throw new TimeoutException("Cannot read %s in time".formatted(what));
    }
    return consumer.poll(POLL);
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
  }

  // Null where the record is none that has a place.
  private @Nullable PlacedRecord placed(ConsumerRecord<?, ByteBuffer> record) {
    PlacedRecord placed = PlacedRecord.of(topic, record);
    if (placed != null && placed.epochImages() >= 0) {
      sizes.put(placed.place().epoch() - 1, placed.epochImages());
    }
    if (placed != null && placed.isImage()) {
      lengths = Math.min(lengths + 1, LENGTHS);
      imageBytes += (placed.bytes() - imageBytes) / lengths;
    }
    return placed;
  }
}
