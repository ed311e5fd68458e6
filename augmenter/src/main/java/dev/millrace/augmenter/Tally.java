package dev.millrace.augmenter;

import java.util.concurrent.atomic.LongAdder;

/** Counts what the stream threads do; safe for use by several threads. */
final class Tally {
  private final LongAdder images = new LongAdder();
  private final LongAdder deadLetters = new LongAdder();
  private final LongAdder epochEnds = new LongAdder();
  private final LongAdder imageBytes = new LongAdder();
  private final LongAdder tensorBytes = new LongAdder();
  private final LongAdder busyNanos = new LongAdder();

  void augmented(long encodedBytes, long elementBytes) {
    images.increment();
    imageBytes.add(encodedBytes);
    tensorBytes.add(elementBytes);
  }

  void deadLetter() {
    deadLetters.increment();
  }

  void epochEnd() {
    epochEnds.increment();
  }

  void busy(long nanos) {
    busyNanos.add(nanos);
  }

  AugmenterCounts counts(int heldBackPartitions) {
    return new AugmenterCounts(
        images.sum(),
        deadLetters.sum(),
        epochEnds.sum(),
        imageBytes.sum(),
        tensorBytes.sum(),
        busyNanos.sum(),
        heldBackPartitions);
  }
}
