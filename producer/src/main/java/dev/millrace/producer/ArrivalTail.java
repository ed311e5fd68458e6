package dev.millrace.producer;

import dev.millrace.schemas.Arrival;
import java.util.Arrays;

/** How far one split's images that arrived have come, as the arrivals topic tells. */
final class ArrivalTail {
  private final long[] newest;
  private int epoch = -1;
  private long next;

  /** Nothing has arrived. */
  ArrivalTail(int partitions) {
    this.newest = new long[partitions];
    Arrays.fill(newest, -1);
  }

  /** Takes note of the next arrival. */
  void add(Arrival arrival) {
    if (arrival.getEpoch() > epoch) {
      epoch = arrival.getEpoch();
      Arrays.fill(newest, -1);
    }
    if (arrival.getEpoch() == epoch) {
      next = arrival.getSequence() + 1;
      if (arrival.getPublished()) {
        newest[(int) (arrival.getSequence() % newest.length)] = arrival.getSequence();
      }
    }
  }

  /** The newest epoch, or -1. */
  int epoch() {
    return epoch;
  }

  /** The first sequence of that epoch that nothing has arrived for. */
  long next() {
    return next;
  }

  /** The newest sequence of that epoch in a partition of the images topic, or -1. */
  long newest(int partition) {
    return newest[partition];
  }
}
