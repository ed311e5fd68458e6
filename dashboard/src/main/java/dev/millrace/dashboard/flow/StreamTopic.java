package dev.millrace.dashboard.flow;

import dev.millrace.schemas.Topic;
import dev.millrace.schemas.stream.EpochSizes;
import dev.millrace.schemas.stream.Place;
import dev.millrace.schemas.stream.PlacedRecord;
import dev.millrace.schemas.stream.Reach;
import dev.millrace.schemas.stream.TopicEnds;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How far a topic of images or tensors reaches, and what lies at an offset of it. Counts by the
 * records' places, for some offsets are those of markers, of records that were taken back, or of
 * deleted ones. Remembers what lies at 4,096 offsets. For one thread.
 */
final class StreamTopic {
  private static final int MOST_FIRSTS = 4096;

  private final int partitions;
  private final EpochSizes sizes;
  private final TopicEnds topicEnds;
  private final Map<At, PlacedRecord> firsts =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<At, PlacedRecord> eldest) {
          return size() > MOST_FIRSTS;
        }
      };
  private final long[] come;
  private List<@Nullable Place> ends;

  private record At(int partition, long offset) {}

  /**
   * Looks at nothing yet.
   *
   * @param consumer reads committed records and is of no group; stays the caller's to close
   * @param sizes of the epochs of its split
   */
  StreamTopic(
      Consumer<?, ByteBuffer> consumer,
      Topic<SpecificRecord> topic,
      int partitions,
      EpochSizes sizes) {
    this.partitions = partitions;
    this.sizes = sizes;
    this.topicEnds = new TopicEnds(consumer, topic, partitions, sizes);
    this.come = new long[partitions];
    this.ends = Collections.nCopies(partitions, null);
  }

  int partitions() {
    return partitions;
  }

  /**
   * Looks how far it reaches now.
   *
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer by the deadline
   */
  void look(long deadline) {
    List<@Nullable Place> now = topicEnds.read(Map.of(), deadline);
    for (int p = 0; p < partitions; p++) {
      Place before = ends.get(p);
      Place to = now.get(p);
      come[p] += before == null || to == null ? 0 : places(p, before, to);
    }
    ends = now;
  }

  /** The place behind the newest record of a partition; null if there never was one. */
  @Nullable Place end(int partition) {
    return ends.get(partition);
  }

  /** Whether nothing lies behind an offset of a partition. */
  boolean endsBefore(int partition, long offset) {
    return offset > topicEnds.newestOffset(partition);
  }

  /** How many places of a partition have come since the first look. */
  long come(int partition) {
    return come[partition];
  }

  /** Number of places of a partition from one up to another. */
  long places(int partition, Place from, Place to) {
    return Reach.to(from, partitions).placesTo(Reach.to(to, partitions), partition, sizes);
  }

  /**
   * The first records from these offsets on, which are not deleted; those are missing that have
   * none.
   */
  Map<Integer, PlacedRecord> firstFrom(Map<Integer, Long> offsets, long deadline) {
    Map<Integer, PlacedRecord> found = new HashMap<>();
    Map<Integer, Long> wanted = new HashMap<>();
    offsets.forEach((p, offset) -> {
      PlacedRecord known = firsts.get(new At(p, offset));
      if (known == null) {
        wanted.put(p, offset);
      } else {
        found.put(p, known);
      }
    });
    topicEnds
        .firstFrom(wanted, deadline)
        .forEach((p, first) -> {
          found.put(p, first);
          firsts.put(new At(p, offsets.getOrDefault(p, 0L)), first);
        });
    return found;
  }

  /** Mean length of an image, in bytes; 0 if none was seen. */
  double imageBytes() {
    return topicEnds.imageBytes();
  }

  /** Looks for an epoch's end, to learn its size. */
  void findEnd(int epoch, long deadline) {
    topicEnds.findEnd(epoch, 0, deadline);
  }
}
