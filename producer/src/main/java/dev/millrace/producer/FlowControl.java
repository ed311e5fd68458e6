package dev.millrace.producer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the producer back when the augmenters are too many bytes behind it. What they have done is
 * what their consumer group has committed.
 */
final class FlowControl {
  private static final Logger LOG = LoggerFactory.getLogger(FlowControl.class);
  private static final long CHECK_NANOS = 200_000_000;
  // Published records are remembered in pieces, so that small images do not fill the memory.
  private static final long PIECE_BYTES = 256 << 10;

  private final Admin admin;
  private final String group;
  private final long maxAheadBytes;
  private final List<TopicPartition> partitions = new ArrayList<>();
  private final List<Deque<Piece>> published = new ArrayList<>();
  private long aheadBytes;
  private long checkedAt;
  private boolean holding;

  /** Records of a partition up to and with an offset, since the piece before. */
  private record Piece(long lastOffset, long bytes) {}

  FlowControl(Admin admin, String group, String topic, int partitions, long maxAheadBytes) {
    this.admin = admin;
    this.group = group;
    this.maxAheadBytes = maxAheadBytes;
    for (int p = 0; p < partitions; p++) {
      this.partitions.add(new TopicPartition(topic, p));
      published.add(new ArrayDeque<>());
    }
  }

  /** Counts what an earlier producer left and the augmenters have not done yet. */
  void countEarlier(long meanBytes) throws InterruptedException {
    Map<TopicPartition, Long> ends = offsets(OffsetSpec.latest());
    Map<TopicPartition, Long> starts = offsets(OffsetSpec.earliest());
    Map<TopicPartition, OffsetAndMetadata> committed = committed();
    for (TopicPartition partition : partitions) {
      long end = ends.getOrDefault(partition, 0L);
      OffsetAndMetadata done = committed.get(partition);
      long from = done == null ? starts.getOrDefault(partition, 0L) : done.offset();
      if (end > from) {
        sent(partition.partition(), end - 1, (end - from) * meanBytes);
      }
    }
  }

  /** A record has been acknowledged; called by the producer's sending thread. */
  synchronized void sent(int partition, long offset, long bytes) {
    Deque<Piece> pieces = published.get(partition);
    Piece newest = pieces.peekLast();
    if (newest != null && newest.bytes < PIECE_BYTES) {
      pieces.removeLast();
      pieces.addLast(new Piece(offset, newest.bytes + bytes));
    } else {
      pieces.addLast(new Piece(offset, bytes));
    }
    aheadBytes += bytes;
  }

  /** Whether there is room for more; asks the brokers at most five times a second. */
  boolean hasRoom() throws InterruptedException {
    if (ahead() <= maxAheadBytes) {
      return true;
    }
    if (System.nanoTime() - checkedAt < CHECK_NANOS) {
      return false;
    }
    checkedAt = System.nanoTime();
    forget(committed());
    boolean room = ahead() <= maxAheadBytes;
    if (room == holding) {
      holding = !room;
      LOG.debug("{} at {} bytes ahead of {}", room ? "Going on" : "Holding back", ahead(), group);
    }
    return room;
  }

  private synchronized long ahead() {
    return aheadBytes;
  }

  private synchronized void forget(Map<TopicPartition, OffsetAndMetadata> committed) {
    committed.forEach((partition, done) -> {
      Deque<Piece> pieces = published.get(partition.partition());
      for (Piece piece = pieces.peekFirst();
          piece != null && piece.lastOffset < done.offset();
          piece = pieces.peekFirst()) {
        aheadBytes -= piece.bytes;
        pieces.removeFirst();
      }
    });
  }

  private Map<TopicPartition, OffsetAndMetadata> committed() throws InterruptedException {
    try {
      Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
      admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .forEach((partition, offset) -> {
            if (offset != null && partitions.contains(partition)) {
              committed.put(partition, offset);
            }
          });
      return committed;
    } catch (ExecutionException e) {
      LOG.warn("Cannot see how far group {} is: {}", group, String.valueOf(e.getCause()));
      return Map.of();
    }
  }

  private Map<TopicPartition, Long> offsets(OffsetSpec which) throws InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(partition -> wanted.put(partition, which));
    try {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      for (Map.Entry<TopicPartition, ListOffsetsResultInfo> found :
          admin.listOffsets(wanted).all().get().entrySet()) {
        offsets.put(found.getKey(), found.getValue().offset());
      }
      return offsets;
    } catch (ExecutionException e) {
      throw new PublishException("Cannot see the offsets of " + partitions, e);
    }
  }
}
