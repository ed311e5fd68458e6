package dev.millrace.producer.arrivals;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Images between those who receive them and the one that publishes them: a bounded number of bytes,
 * or one image. For several threads.
 */
public final class ArrivalQueue {
  private final long mostBytes;
  private final Deque<IncomingImage> images = new ArrayDeque<>();
  private long bytes;
  private boolean paused = true;

  /**
   * Makes an empty queue.
   *
   * @param mostBytes encoded bytes that wait at most
   */
  public ArrivalQueue(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Hands an image over; waits for room. */
  public synchronized void put(IncomingImage image) throws InterruptedException {
    while (!hasRoom(image.bytes().length)) {
      wait();
    }
    add(image);
  }

  /** Says whether images are published at the moment; at first they are not. */
  public synchronized void paused(boolean now) {
    paused = now;
  }

  /** Whether images are not published at the moment. */
  public synchronized boolean isPaused() {
    return paused;
  }

  /** Hands images over, or none where there is no room for all, or they are not published. */
  public synchronized boolean offer(List<IncomingImage> some) {
    if (paused || !hasRoom(some.stream().mapToLong(image -> image.bytes().length).sum())) {
      return false;
    }
    some.forEach(this::add);
    return true;
  }

  /** Takes the next one, or null if none comes in time. */
  public synchronized @Nullable IncomingImage take(Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    while (images.isEmpty()) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return null;
      }
      wait(left);
    }
    IncomingImage next = images.removeFirst();
    bytes -= next.bytes().length;
    notifyAll();
    return next;
  }

  /** Takes all that wait. */
  public synchronized List<IncomingImage> drain() {
    List<IncomingImage> all = new ArrayList<>(images);
    images.clear();
    bytes = 0;
    notifyAll();
    return all;
  }

  private boolean hasRoom(long more) {
    return images.isEmpty() || bytes + more <= mostBytes;
  }

  private void add(IncomingImage image) {
    images.addLast(image);
    bytes += image.bytes().length;
    notifyAll();
  }
}
