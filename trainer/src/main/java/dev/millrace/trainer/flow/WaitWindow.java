package dev.millrace.trainer.flow;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How much of the latest ten seconds went by waiting for data. What is neither waiting nor working,
 * as an evaluation is, is left out. Safe for use by several threads.
 */
public final class WaitWindow {
  private static final long BUCKET_NANOS = Duration.ofMillis(100).toNanos();
  private static final int BUCKETS = 100;

  private final LongSupplier nanoTime;
  private final Deque<Bucket> buckets = new ArrayDeque<>();
  private long mark;

  private static final class Bucket {
    private final long number;
    private long waited;
    private long total;
    private long images;

    Bucket(long number) {
      this.number = number;
    }
  }

  /**
   * What the window holds.
   *
   * @param seconds time that went by waiting or working
   * @param share share of it, from 0 to 1, that went by waiting
   * @param imagesPerSecond images trained on in a second of it
   */
  record Measured(double seconds, double share, double imagesPerSecond) {}

  /** An empty window. */
  public WaitWindow() {
    this(System::nanoTime);
  }

  WaitWindow(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.mark = nanoTime.getAsLong();
  }

  /** The time since the last call of any method went by waiting. */
  public synchronized void waited() {
    add(true, 0);
  }

  /** The time since the last call of any method went by working, on so many images. */
  public synchronized void worked(int images) {
    add(false, images);
  }

  /** The time since the last call of any method went by otherwise. */
  public synchronized void restart() {
    mark = nanoTime.getAsLong();
  }

  /** What there is of all of it; empty where nothing is. */
  Optional<Measured> measured() {
    return measured(BUCKETS);
  }

  /** The same of the latest seconds of it, at most ten. */
  Optional<Measured> measured(Duration latest) {
    return measured((int) (latest.toNanos() / BUCKET_NANOS));
  }

  private synchronized Optional<Measured> measured(int latest) {
    long number = nanoTime.getAsLong() / BUCKET_NANOS;
    drop(number);
    long waited = 0;
    long total = 0;
    long images = 0;
    for (Bucket bucket : buckets) {
      if (bucket.number > number - latest) {
        waited += bucket.waited;
        total += bucket.total;
        images += bucket.images;
      }
    }
    if (total == 0) {
      return Optional.empty();
    }
    double seconds = (double) total / Duration.ofSeconds(1).toNanos();
    return Optional.of(new Measured(seconds, (double) waited / total, images / seconds));
  }

  private void add(boolean waited, int images) {
    long now = nanoTime.getAsLong();
    long number = now / BUCKET_NANOS;
    drop(number);
    Bucket last = buckets.peekLast();
    if (last == null || last.number != number) {
      last = new Bucket(number);
      buckets.add(last);
    }
    last.total += now - mark;
    last.waited += waited ? now - mark : 0;
    last.images += images;
    mark = now;
  }

  private void drop(long number) {
    while (!buckets.isEmpty() && buckets.getFirst().number <= number - BUCKETS) {
      buckets.removeFirst();
    }
  }
}
