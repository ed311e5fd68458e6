package dev.millrace.trainer;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Several fetchers of one topic, each with its share of the partitions and on a thread of its own,
 * so that records arrive while others are copied into minibatches: one thread that does both gives
 * about a gigabyte a second. Besides what each of the fetchers holds, {@link
 * KafkaClients#READ_AHEAD_BYTES} may wait here. For one thread, except {@link #wakeup}.
 */
final class ParallelFetcher implements TensorRecords {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration SHORT_POLL = Duration.ofMillis(1);

  private final List<Fetching> threads;
  private final List<Arrived> partitions;
  private final Semaphore arrivals = new Semaphore(0);
  private final BlockingQueue<RuntimeException> failures = new LinkedBlockingQueue<>();
  private final SortedMap<Integer, Long> nextOffsets;
  private volatile boolean woken;
  private volatile boolean closed;

  /** The records of one partition that have arrived. */
  private static final class Arrived {
    private final ConcurrentLinkedQueue<TensorRecord.Value> records = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
  }

  /** A thread that fetches; owns the fetcher. */
  private record Fetching(PartitionFetcher fetcher, Thread thread) {}

  /**
   * Starts the threads.
   *
   * @param fetchers each of other partitions, together all from 0 on; closed by this
   * @param offsets where they begin
   */
  ParallelFetcher(List<PartitionFetcher> fetchers, SortedMap<Integer, Long> offsets) {
    this.nextOffsets = new TreeMap<>(offsets);
    this.partitions = offsets.keySet().stream().map(_ -> new Arrived()).toList();
    long mostBytes = KafkaClients.bytesAPartition(offsets.size());
    this.threads =
        fetchers.stream()
            .map(fetcher ->
                new Fetching(
                    fetcher,
                    Thread.ofPlatform()
                        .name("tensor-fetcher-", 0)
                        .daemon()
                        .unstarted(() -> fetch(fetcher, mostBytes))))
            .toList();
    threads.forEach(fetching -> fetching.thread().start());
  }

  private void fetch(PartitionFetcher fetcher, long mostBytes) {
    try (fetcher) {
      Duration poll = POLL;
      while (!closed) {
        fetcher.await(0, poll); // for whichever comes
        poll = handOver(fetcher, mostBytes) ? POLL : SHORT_POLL;
      }
    } catch (WakeupException e) {
      if (!closed) {
        fail(e);
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  // Whether there is nothing left that only waits for room.
  private boolean handOver(PartitionFetcher fetcher, long mostBytes) {
    boolean all = true;
    for (int partition : fetcher.nextOffsets().keySet()) {
      Arrived arrived = partitions.get(partition);
      while (fetcher.peek(partition) instanceof TensorRecord.Value value) {
        if (arrived.bytes.get() >= mostBytes) {
          all = false;
          break;
        }
        fetcher.remove(partition);
        arrived.bytes.addAndGet(value.bytes());
        arrived.records.add(value);
        arrivals.release();
      }
    }
    return all;
  }

  private void fail(RuntimeException e) {
    failures.add(e);
    arrivals.release();
  }

  @Override
  public int partitions() {
    return partitions.size();
  }

  @Override
  public @Nullable TensorRecord peek(int partition) {
    return partitions.get(partition).records.peek();
  }

  @Override
  public void remove(int partition) {
    Arrived arrived = partitions.get(partition);
    TensorRecord.Value first = arrived.records.remove();
    arrived.bytes.addAndGet(-first.bytes());
    nextOffsets.put(partition, first.record().offset() + 1);
  }

  @Override
  public void prefetch() {
    // the threads do nothing else
  }

  @Override
  public void await(int partition, Duration most) {
    arrivals.drainPermits();
    RuntimeException failure = failures.peek();
    if (failure != null) {
      throw failure;
    }
    if (woken) {
      throw new WakeupException();
    }
    if (peek(partition) != null) {
      return; // it came before the permits were drained
    }
    try {
      var _ = arrivals.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WakeupException();
    }
  }

  @Override
  public SortedMap<Integer, Long> nextOffsets() {
    return new TreeMap<>(nextOffsets);
  }

  @Override
  public int ready() {
    return partitions.stream().mapToInt(arrived -> arrived.records.size()).sum();
  }

  @Override
  public void wakeup() {
    woken = true;
    arrivals.release();
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(fetching -> fetching.fetcher().wakeup());
    boolean interrupted = false;
    for (Fetching fetching : threads) {
      while (fetching.thread().isAlive()) {
        try {
          fetching.thread().join();
        } catch (InterruptedException e) {
          interrupted = true; // its consumer must be closed before the run's others are
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
