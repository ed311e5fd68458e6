package dev.millrace.producer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the producer back when the slowest reader of its images is too many bytes behind it. */
final class FlowControl implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlowControl.class);
  private static final long CHECK_NANOS = 200_000_000;
  // Published records are remembered in pieces, so that small images do not fill the memory.
  private static final long PIECE_BYTES = 64 << 10;

  private final Admin admin;
  private final ImageReaders readers;
  private final long maxAheadBytes;
  private final Map<Integer, Lane> lanes = new HashMap<>();
  private long aheadBytes;
  private long checkedAt = System.nanoTime() - CHECK_NANOS;
  private boolean holding;
  private boolean blind;

  /** One partition: what was published there and is not known to be done. */
  private static final class Lane {
    final TopicPartition partition;
    final Deque<Piece> published = new ArrayDeque<>();
    long earlierEnd; // behind the newest record that earlier producers left
    long earlierBytes;

    Lane(TopicPartition partition) {
      this.partition = partition;
    }
  }

  /** Records of a partition up to and with an offset, since the piece before. */
  private record Piece(long lastOffset, long bytes) {}

  /**
   * Begins with nothing published.
   *
   * @param admin stays the caller's to close
   * @param readers closed with this
   * @param partitions those that this producer publishes to
   */
  FlowControl(
      Admin admin,
      ImageReaders readers,
      String topic,
      List<Integer> partitions,
      long maxAheadBytes) {
    this.admin = admin;
    this.readers = readers;
    this.maxAheadBytes = maxAheadBytes;
    partitions.forEach(p -> lanes.put(p, new Lane(new TopicPartition(topic, p))));
  }

  /** Counts what an earlier producer left and a reader has not done yet. */
  void countEarlier(Published before, long meanBytes) throws InterruptedException {
    Map<TopicPartition, Long> starts = starts();
    Map<TopicPartition, Long> done = done();
    synchronized (this) {
      for (Lane lane : lanes.values()) {
        long start = starts.getOrDefault(lane.partition, 0L);
        long behind = done.getOrDefault(lane.partition, start);
        if (behind < start) {
          LOG.warn(
              "{} was read up to offset {}, but begins at {}: what was between was deleted unread,"
                  + " because the topic keeps too little",
              lane.partition,
              behind,
              start);
        }
        long from = Math.max(start, behind);
        // Not the last offset: nobody reads a marker, or what was taken back.
        lane.earlierEnd = before.behindNewest(lane.partition.partition());
        lane.earlierBytes = Math.max(0, lane.earlierEnd - from) * meanBytes;
        aheadBytes += lane.earlierBytes;
      }
    }
  }

  /** A record is about to be sent. */
  synchronized void sending(long bytes) {
    aheadBytes += bytes;
  }

  /** A record that was sent has its offset; called by the client's thread. */
  synchronized void sent(int partition, long offset, long bytes) {
    Deque<Piece> pieces = lane(partition).published;
    Piece newest = pieces.peekLast();
    if (newest != null && newest.bytes < PIECE_BYTES) {
      pieces.removeLast();
      pieces.addLast(new Piece(offset, newest.bytes + bytes));
    } else {
      pieces.addLast(new Piece(offset, bytes));
    }
  }

  private Lane lane(int partition) {
    Lane lane = lanes.get(partition);
    if (lane == null) {
      throw new IllegalArgumentException("not one of its own: partition " + partition);
    }
    return lane;
  }

  /** Whether there is room for more; asks the brokers at most five times a second. */
  boolean hasRoom() throws InterruptedException {
    if (ahead() < maxAheadBytes) {
      return true;
    }
    if (System.nanoTime() - checkedAt < CHECK_NANOS) {
      return false;
    }
    checkedAt = System.nanoTime();
    forget(done());
    boolean room = ahead() < maxAheadBytes;
    if (room == holding) {
      holding = !room;
      LOG.debug("{} at {} bytes ahead", room ? "Going on" : "Holding back", ahead());
    }
    return room;
  }

  synchronized long ahead() {
    return aheadBytes;
  }

  private synchronized void forget(Map<TopicPartition, Long> done) {
    for (Lane lane : lanes.values()) {
      Long behind = done.get(lane.partition);
      if (behind != null) {
        forget(lane, behind);
      }
    }
  }

  private void forget(Lane lane, long done) {
    if (done >= lane.earlierEnd) {
      aheadBytes -= lane.earlierBytes;
      lane.earlierBytes = 0;
    }
    for (Piece piece = lane.published.peekFirst();
        piece != null && piece.lastOffset < done;
        piece = lane.published.peekFirst()) {
      aheadBytes -= piece.bytes;
      lane.published.removeFirst();
    }
  }

  private Map<TopicPartition, Long> done() throws InterruptedException {
    try {
      Map<TopicPartition, Long> done = readers.done();
      blind = false;
      return done;
    } catch (ExecutionException e) {
      if (!blind) {
        LOG.warn(
            "Cannot see how far the readers of images are, trying again: {}",
            String.valueOf(e.getCause()));
      }
      blind = true;
      return Map.of();
    }
  }

  private Map<TopicPartition, Long> starts() throws InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    lanes.values().forEach(lane -> wanted.put(lane.partition, OffsetSpec.earliest()));
    try {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      for (Map.Entry<TopicPartition, ListOffsetsResultInfo> found :
          admin.listOffsets(wanted).all().get().entrySet()) {
        offsets.put(found.getKey(), found.getValue().offset());
      }
      return offsets;
    } catch (ExecutionException e) {
      throw new PublishException("Cannot see the offsets of " + wanted.keySet(), e);
    }
  }

  @Override
  public void close() {
    readers.close();
  }
}
