package dev.millrace.producer.dataset;

import dev.millrace.schemas.OptionFaults;
import org.jspecify.annotations.Nullable;

/**
 * How a dataset is listed and read.
 *
 * @param validationFraction share of every class to hold out where nothing names the splits, 0 to
 *     0.9; a class always keeps one image for training
 * @param seed decides which are held out
 * @param shuffleBytes bytes of images that are held in memory to mix them, where archives are read
 *     as streams; at least 1 MiB
 * @param authorization what web servers get as the header of that name, or null
 */
public record DatasetOptions(
    double validationFraction, long seed, long shuffleBytes, @Nullable String authorization) {
  /** What is held where nothing else is said, in bytes. */
  public static final long USUAL_SHUFFLE_BYTES = 256L << 20;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if any is left, naming every setting that is at fault
   */
  public DatasetOptions {
    OptionFaults faults = new OptionFaults();
    faults.range("validation-fraction", "from 0 to 0.9", validationFraction, 0, 0.9);
    if (shuffleBytes < 1 << 20) {
      faults.add("shuffle-buffer must be at least 1 MiB, found %d bytes".formatted(shuffleBytes));
    }
    faults.throwIfAny("Cannot list a dataset with these options");
  }

  /** With the usual memory, and nothing to show to web servers. */
  public DatasetOptions(double validationFraction, long seed) {
    this(validationFraction, seed, USUAL_SHUFFLE_BYTES, null);
  }
}
