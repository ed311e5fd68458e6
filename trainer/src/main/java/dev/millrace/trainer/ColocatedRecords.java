package dev.millrace.trainer;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Reads an images topic and augments it on worker threads, each partition's records coming out in
 * their order. Besides the images that {@link PartitionFetcher} holds, there are at most {@link
 * #MOST_TENSOR_BYTES} of tensors, made or being made, but one a partition at least. Each partition
 * has its own share of them, so that no two can wait for each other. For one thread, but for {@link
 * #wakeup}.
 */
final class ColocatedRecords implements TensorRecords {
  /** Bytes of tensors made ahead, over all partitions. */
  static final long MOST_TENSOR_BYTES = 64L << 20;

  private static final int MOST_TENSORS_A_PARTITION = 256;

  private final PartitionFetcher images;
  private final AugmentingWorkers workers;
  private final int ahead;
  private final List<Lane> lanes = new ArrayList<>();
  private volatile boolean woken;

  /** One partition's tensors under way, in the order of their images. */
  private static final class Lane {
    private final Deque<InFlight> tensors = new ArrayDeque<>();
    private long nextOffset;

    Lane(long nextOffset) {
      this.nextOffset = nextOffset;
    }
  }

  private record InFlight(long offset, Future<TensorRecord> made) {}

  /**
   * Begins to augment.
   *
   * @param images closed with this
   * @param workers closed with this
   * @param tensorBytes bytes of one tensor
   */
  ColocatedRecords(PartitionFetcher images, AugmentingWorkers workers, int tensorBytes) {
    this.images = images;
    this.workers = workers;
    this.ahead = ahead(images.partitions(), tensorBytes);
    images.nextOffsets().values().forEach(offset -> lanes.add(new Lane(offset)));
  }

  /** Tensors that one of so many partitions may have under way. */
  static int ahead(int partitions, int tensorBytes) {
    return Math.clamp(MOST_TENSOR_BYTES / partitions / tensorBytes, 1, MOST_TENSORS_A_PARTITION);
  }

  @Override
  public int partitions() {
    return lanes.size();
  }

  @Override
  public @Nullable TensorRecord peek(int partition) {
    InFlight first = lanes.get(partition).tensors.peek();
    return first == null || !first.made.isDone() ? null : result(first, Duration.ZERO);
  }

  @Override
  public void remove(int partition) {
    Lane lane = lanes.get(partition);
    lane.nextOffset = lane.tensors.remove().offset + 1;
    if (images.queue(partition).size() == 0) {
      images.prefetch();
    }
    dispatch();
  }

  @Override
  public void prefetch() {
    images.prefetch();
    dispatch();
  }

  @Override
  public void await(int partition, Duration most) {
    if (woken) {
      throw new WakeupException();
    }
    InFlight first = lanes.get(partition).tensors.peek();
    if (first == null) {
      images.await(partition, most);
    } else {
      images.prefetch();
      dispatch();
      result(first, most);
    }
    dispatch();
  }

  @Override
  public SortedMap<Integer, Long> nextOffsets() {
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    for (int partition = 0; partition < lanes.size(); partition++) {
      offsets.put(partition, lanes.get(partition).nextOffset);
    }
    return offsets;
  }

  @Override
  public int ready() {
    return lanes.stream().mapToInt(lane -> lane.tensors.size()).sum() + images.ready();
  }

  @Override
  public void wakeup() {
    woken = true;
    images.wakeup();
  }

  @Override
  public void close() {
    workers.close();
    images.close();
  }

  // In turn: so the tensors that are used next are made next.
  private void dispatch() {
    boolean more = true;
    while (more) {
      more = false;
      for (int partition = 0; partition < lanes.size(); partition++) {
        more |= dispatch(lanes.get(partition), images.queue(partition));
      }
    }
  }

  private boolean dispatch(Lane lane, PartitionQueue queue) {
    ConsumerRecord<String, ByteBuffer> image = queue.peek();
    if (image == null || lane.tensors.size() >= ahead) {
      return false;
    }
    queue.remove();
    lane.tensors.add(new InFlight(image.offset(), workers.make(image)));
    return true;
  }

  private static @Nullable TensorRecord result(InFlight first, Duration most) {
    try {
      return first.made.get(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      return null;
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("Cannot augment an image", e.getCause());
    }
  }
}
