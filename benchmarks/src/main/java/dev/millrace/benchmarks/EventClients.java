package dev.millrace.benchmarks;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Clients of the dashboard's events, all on one thread, which read what comes or only a little. */
final class EventClients implements AutoCloseable {
  private static final int PIECE_BYTES = 256 << 10;
  private static final int USUAL_RECEIVE_BYTES = 256 << 10;
  private static final int SLOW_RECEIVE_BYTES = 32 << 10;
  private static final int SLOW_PIECE_BYTES = 4 << 10;
  private static final Duration SLOW_PAUSE = Duration.ofMillis(100); // 40 KB/s

  private final List<EventClient> fast = new ArrayList<>();
  private final List<EventClient> slow = new ArrayList<>();
  private final Selector selector = Selector.open();
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "event-clients");
  private volatile boolean closed;

  EventClients(int port, int clients, int slowClients) throws IOException {
    for (int i = 0; i < clients; i++) {
      EventClient client = new EventClient(port, USUAL_RECEIVE_BYTES);
      client.channel().register(selector, SelectionKey.OP_READ, client);
      fast.add(client);
    }
    for (int i = 0; i < slowClients; i++) {
      slow.add(new EventClient(port, SLOW_RECEIVE_BYTES));
    }
    thread.start();
  }

  private void run() {
    byte[] large = new byte[PIECE_BYTES];
    byte[] small = new byte[SLOW_PIECE_BYTES];
    long next = System.nanoTime();
    try {
      while (!closed) {
        selector.select(key -> read(key, large), SLOW_PAUSE.toMillis());
        if (System.nanoTime() >= next) {
          next += SLOW_PAUSE.toNanos();
          for (EventClient client : slow) {
            read(client, small);
          }
        }
      }
    } catch (IOException e) {
      failure.set(e);
    }
  }

  private synchronized void read(SelectionKey key, byte[] buffer) {
    EventClient client = (EventClient) key.attachment();
    read(client, buffer);
    if (client.hasEnded()) {
      key.cancel();
    }
  }

  private synchronized void read(EventClient client, byte[] buffer) {
    try {
      if (!client.hasEnded()) {
        client.read(buffer);
      }
    } catch (IOException e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Whether every fast client has had a record of a run. */
  synchronized boolean allHaveHeardOf(String run) {
    return fast.stream().allMatch(client -> client.lastSteps().containsKey(run));
  }

  /** All forget what has come so far. */
  synchronized void begin() {
    fast.forEach(EventClient::begin);
  }

  /** The fewest records that one of the fast clients has had. */
  synchronized long leastRecords() {
    return fast.stream().mapToLong(EventClient::records).min().orElse(0);
  }

  /** Records that all fast clients together have had. */
  synchronized long records() {
    return fast.stream().mapToLong(EventClient::records).sum();
  }

  /** Records that came to fast clients out of order, behind a gap or again. */
  synchronized long faults() {
    return fast.stream().mapToLong(EventClient::faults).sum();
  }

  /** Fast clients that were told to go, or whose stream has ended. */
  synchronized long lostClients() {
    return fast.stream().filter(client -> client.wasToldToGo() || client.hasEnded()).count();
  }

  /** Slow clients that were told to go. */
  synchronized long slowTold() {
    return slow.stream().filter(EventClient::wasToldToGo).count();
  }

  /** Age that such a share of the records did not go over, in milliseconds. */
  synchronized long age(double share) {
    long[] counts = new long[EventClient.AGES + 1];
    long total = 0;
    for (EventClient client : fast) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] += client.ages()[i];
        total += client.ages()[i];
      }
    }
    long passed = 0;
    int age = -1;
    while (age < EventClient.AGES && passed < share * total) {
      passed += counts[++age];
    }
    return age;
  }

  /**
   * Ends the thread and the streams.
   *
   * @throws IOException if a stream broke under way
   */
  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (EventClient client : fast) {
      client.close();
    }
    for (EventClient client : slow) {
      client.close();
    }
    selector.close();
    IOException broken = failure.get();
    if (broken != null) {
      throw broken;
    }
  }
}
