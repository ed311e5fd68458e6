package dev.millrace.augmenter;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts what the stream threads do, and knows how far they came; safe for use by several threads.
 */
final class Tally {
  private final LongAdder images = new LongAdder();
  private final LongAdder deadLetters = new LongAdder();
  private final LongAdder epochEnds = new LongAdder();
  private final LongAdder imageBytes = new LongAdder();
  private final LongAdder tensorBytes = new LongAdder();
  private final LongAdder busyNanos = new LongAdder();

  private final Map<TopicPartition, Long> newest = new ConcurrentHashMap<>();

  void read(Origin origin) {
    newest.put(new TopicPartition(origin.topic(), origin.partition()), origin.offset());
  }

  /** The offset of the newest record that was read, or -1. */
  long newest(TopicPartition partition) {
    return newest.getOrDefault(partition, -1L);
  }

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
