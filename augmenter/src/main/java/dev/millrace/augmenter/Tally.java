package dev.millrace.augmenter;

import dev.millrace.schemas.Split;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts what the stream threads do, and knows how far they came; safe for use by several threads.
 * All that is said of an augmenter's work, in its log and by its meters, is read here.
 */
final class Tally {
  private final Sums<Split> images = new Sums<>(Split.class);
  private final Sums<Stage> deadLetters = new Sums<>(Stage.class);
  private final Sums<Stage> times = new Sums<>(Stage.class);
  private final Sums<Stage> nanos = new Sums<>(Stage.class);
  private final LongAdder epochEnds = new LongAdder();
  private final LongAdder imageBytes = new LongAdder();
  private final LongAdder tensorBytes = new LongAdder();

  private final Map<TopicPartition, Long> newest = new ConcurrentHashMap<>();

  void read(Origin origin) {
    newest.put(new TopicPartition(origin.topic(), origin.partition()), origin.offset());
  }

  /** The offset of the newest record that was read, or -1. */
  long newest(TopicPartition partition) {
    return newest.getOrDefault(partition, -1L);
  }

  void augmented(Split split, long encodedBytes, long elementBytes) {
    images.add(split, 1);
    imageBytes.add(encodedBytes);
    tensorBytes.add(elementBytes);
  }

  void deadLetter(Stage stage) {
    deadLetters.add(stage, 1);
  }

  void epochEnd() {
    epochEnds.increment();
  }

  /**
   * A record has been through a stage, or as far as it came.
   *
   * @param begin when that began, by {@link System#nanoTime}
   * @return when it ended
   */
  long took(Stage stage, long begin) {
    long end = System.nanoTime();
    times.add(stage, 1);
    nanos.add(stage, end - begin);
    return end;
  }

  long images(Split split) {
    return images.of(split);
  }

  long deadLetters(Stage stage) {
    return deadLetters.of(stage);
  }

  /** How many records have been in a stage. */
  long times(Stage stage) {
    return times.of(stage);
  }

  /** How long they were in it, over all threads, in nanoseconds. */
  long nanos(Stage stage) {
    return nanos.of(stage);
  }

  long imageBytes() {
    return imageBytes.sum();
  }

  long tensorBytes() {
    return tensorBytes.sum();
  }

  AugmenterCounts counts(int heldBackPartitions) {
    return new AugmenterCounts(
        images.total(),
        deadLetters.total(),
        epochEnds.sum(),
        imageBytes(),
        tensorBytes(),
        nanos(Stage.READ) + nanos(Stage.AUGMENT),
        heldBackPartitions);
  }
}
