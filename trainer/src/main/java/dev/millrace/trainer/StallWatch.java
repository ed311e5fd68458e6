package dev.millrace.trainer;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says every so often what is waited for, and gives up after a time if there is one. */
final class StallWatch {
  private static final Logger LOG = LoggerFactory.getLogger(StallWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private final Duration timeout;
  private final long sinceNanos = System.nanoTime();
  private long lines;

  /**
   * Starts to wait.
   *
   * @param timeout after how long to give up; zero never does
   */
  StallWatch(Duration timeout) {
    this.timeout = timeout;
  }

  /**
   * To be called again and again while nothing comes.
   *
   * @param waitingFor what is waited for and what to look at
   * @throws StalledStreamException if the time is over
   */
  void check(Supplier<String> waitingFor) {
    Duration waited = Duration.ofNanos(System.nanoTime() - sinceNanos);
    if (!timeout.isZero() && waited.compareTo(timeout) >= 0) {
      throw new StalledStreamException(
          "Gave up after %d s without data (data-timeout): %s"
              .formatted(timeout.toSeconds(), waitingFor.get()));
    }
    if (waited.compareTo(INTERVAL.multipliedBy(lines + 1)) >= 0) {
      lines++;
      LOG.warn("No data for {} s: {}", waited.toSeconds(), waitingFor.get());
    }
  }
}
