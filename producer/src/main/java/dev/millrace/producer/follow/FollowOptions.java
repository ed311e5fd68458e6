package dev.millrace.producer.follow;

import java.time.Duration;

/**
 * How a folder is followed.
 *
 * @param settle how long a file's size and time must stay the same before it is read, at least 1 ms
 * @param patience how long a file that does not look whole must stay the same before it is given
 *     up, at least {@code settle}
 * @param rescan how often the whole folder is looked through, at least 1 ms; less often where that
 *     would take more than a tenth of the time
 * @param validationFraction share of the images there at the first start that are held out for
 *     validation, where there is no folder for them, 0 to 0.9
 * @param seed decides which, and the order of images that are found together
 * @param maxImageBytes larger files become dead letters
 */
public record FollowOptions(
    Duration settle,
    Duration patience,
    Duration rescan,
    double validationFraction,
    long seed,
    int maxImageBytes) {
  /** How long a file that does not look whole is waited for, usually. */
  public static final Duration USUAL_PATIENCE = Duration.ofSeconds(60);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if any is left
   */
  public FollowOptions {
    if (settle.isZero() || settle.isNegative() || rescan.isZero() || rescan.isNegative()) {
      throw new IllegalArgumentException(
          "settle and rescan must be at least 1 ms, found %s and %s".formatted(settle, rescan));
    }
    if (patience.compareTo(settle) < 0) {
      throw new IllegalArgumentException(
          "settle must be at most %s, found %s".formatted(patience, settle));
    }
    if (!(validationFraction >= 0 && validationFraction <= 0.9)) {
      throw new IllegalArgumentException(
          "validation-fraction must be from 0 to 0.9, found " + validationFraction);
    }
  }
}
