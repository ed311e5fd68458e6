package dev.millrace.producer.arrivals;

import dev.millrace.imaging.KeyedRandom;
import java.util.concurrent.CountDownLatch;

/**
 * The ids that have arrived, each with the {@link Fingerprint} of its content. Takes 16 bytes an
 * entry in tables that are a third to two thirds full: 24 to 48 bytes an image. An id is kept as 96
 * bits of a hash, so that two of a hundred million ids are taken for one with a probability of 1 to
 * 10^13. For several threads.
 */
public final class KnownImages {
  private static final int TABLES = 64; // each grows by itself, so that little is copied at once
  private static final int FIRST_SLOTS = 16;
  private static final long LOWER = 0xFFFFFFFFL;
  private static final long UPPER = ~LOWER;

  private final Table[] tables = new Table[TABLES];
  private final CountDownLatch loaded = new CountDownLatch(1);

  /** What is known of an id. */
  public enum State {
    /** Nothing. */
    NEW,
    /** It arrived with the same content. */
    SAME,
    /** It arrived with other content. */
    OTHER
  }

  /** Knows nothing yet. */
  public KnownImages() {
    for (int i = 0; i < TABLES; i++) {
      tables[i] = new Table();
    }
  }

  /** All that arrived before is added. */
  public void loaded() {
    loaded.countDown();
  }

  /** Waits until all that arrived before is added. */
  public void awaitLoaded() throws InterruptedException {
    loaded.await();
  }

  /** Adds an id, or gives it another fingerprint. */
  public void put(String id, int fingerprint) {
    Key key = new Key(id);
    table(key).put(key.high, key.low, fingerprint);
  }

  /** What is known of an id. */
  public State find(String id, int fingerprint) {
    Key key = new Key(id);
    long found = table(key).find(key.high, key.low);
    if (found == Table.NONE) {
      return State.NEW;
    }
    return (int) found == fingerprint ? State.SAME : State.OTHER;
  }

  /** Number of ids. */
  public long size() {
    long size = 0;
    for (Table table : tables) {
      size += table.size();
    }
    return size;
  }

  private Table table(Key key) {
    return tables[(int) (key.high >>> 58)];
  }

  /** An id's hash; never 0. */
  private static final class Key {
    final long high;
    final long low; // 32 bits in the upper half

    Key(String id) {
      long first = new KeyedRandom(0, 0, id).nextLong();
      high = first == 0 ? 1 : first;
      // Hashed anew: one generator's numbers follow from 64 bits.
      low = new KeyedRandom(1, 0, id).nextLong() & UPPER;
    }
  }

  /** Open addressing with linear probing: two numbers a slot, the first 0 where it is free. */
  private static final class Table {
    static final long NONE = -1L;

    private long[] slots = new long[2 * FIRST_SLOTS];
    private int size;

    synchronized int size() {
      return size;
    }

    /** The fingerprint, from 0 to 2^32 - 1, or NONE. */
    synchronized long find(long high, long low) {
      int at = slot(high, low);
      return slots[at] == 0 ? NONE : slots[at + 1] & LOWER;
    }

    synchronized void put(long high, long low, int fingerprint) {
      int at = slot(high, low);
      if (slots[at] == 0) {
        size++;
        if (3L * size > slots.length) { // two thirds of the slots
          grow();
          at = slot(high, low);
        }
      }
      slots[at] = high;
      slots[at + 1] = low | (fingerprint & LOWER);
    }

    private int slot(long high, long low) {
      int mask = slots.length / 2 - 1;
      int slot = (int) high & mask;
      while (slots[2 * slot] != 0
          && (slots[2 * slot] != high || (slots[2 * slot + 1] & UPPER) != low)) {
        slot = (slot + 1) & mask;
      }
      return 2 * slot;
    }

    private void grow() {
      long[] before = slots;
      slots = new long[2 * before.length];
      for (int at = 0; at < before.length; at += 2) {
        if (before[at] != 0) {
          int to = slot(before[at], before[at + 1] & UPPER);
          slots[to] = before[at];
          slots[to + 1] = before[at + 1];
        }
      }
    }
  }
}
