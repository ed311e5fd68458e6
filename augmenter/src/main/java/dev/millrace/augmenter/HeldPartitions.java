package dev.millrace.augmenter;

import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions of the images topics that are not read at the moment. Set by flow control, obeyed
 * by every consumer of this augmenter.
 */
final class HeldPartitions {
  private final LongSupplier clock;
  private volatile State state;

  /**
   * What holds since a moment.
   *
   * @param since when it was set, by the clock
   * @param nanosBefore how long any partition had been held until then
   */
  private record State(Set<TopicPartition> held, long since, long nanosBefore) {
    long nanos(long now) {
      return held.isEmpty() ? nanosBefore : nanosBefore + now - since;
    }
  }

  /**
   * None is held.
   *
   * @param clock tells the time in nanoseconds, from any origin, as {@link System#nanoTime} does
   */
  HeldPartitions(LongSupplier clock) {
    this.clock = clock;
    this.state = new State(Set.of(), clock.getAsLong(), 0);
  }

  Set<TopicPartition> get() {
    return state.held;
  }

  /** For one thread. */
  void set(Set<TopicPartition> partitions) {
    long now = clock.getAsLong();
    state = new State(Set.copyOf(partitions), now, state.nanos(now));
  }

  /** For how long at least one partition has been held so far, in nanoseconds. */
  long nanos() {
    return state.nanos(clock.getAsLong());
  }
}
