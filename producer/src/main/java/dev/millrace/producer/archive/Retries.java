package dev.millrace.producer.archive;

import java.time.Duration;

/**
 * How often a transfer is tried again that breaks without having given a byte more.
 *
 * @param most tries in all
 * @param first pause before the second try; each later one is twice as long, 15 s at most
 */
record Retries(int most, Duration first) {
  static final Retries USUAL = new Retries(8, Duration.ofMillis(500));

  private static final Duration LONGEST = Duration.ofSeconds(15);

  /**
   * The pause behind so many failures.
   *
   * @param failures at least 1
   */
  Duration pause(int failures) {
    Duration pause = first.multipliedBy(1L << Math.min(failures - 1, 20));
    return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
  }
}
