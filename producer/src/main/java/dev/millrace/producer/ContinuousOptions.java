package dev.millrace.producer;

import dev.millrace.schemas.OptionFaults;

/**
 * What a user chooses about publishing what arrives.
 *
 * @param maxImageBytes larger images become dead letters, 1 KiB to 64 MiB
 * @param maxAheadBytes bytes of images that their readers may be behind before the producer holds
 *     back, per split, at least 1 MiB
 * @param epochImages images of an epoch, 0 for one without end
 * @param maxClasses classes that there may be; images of others become dead letters, 1 to 1 million
 * @param shrinking whether images are shrunk before they are published: all of them or none
 */
public record ContinuousOptions(
    int maxImageBytes, long maxAheadBytes, long epochImages, int maxClasses, Shrinking shrinking) {
  /** Images stay as they are. */
  public ContinuousOptions(
      int maxImageBytes, long maxAheadBytes, long epochImages, int maxClasses) {
    this(maxImageBytes, maxAheadBytes, epochImages, maxClasses, Shrinking.NONE);
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if any is left, naming every setting that is at fault
   */
  public ContinuousOptions {
    OptionFaults faults = new OptionFaults();
    faults.range("max-image-size", maxImageBytes, 1 << 10, 64 << 20);
    faults.range("images-ahead", maxAheadBytes, 1 << 20, Long.MAX_VALUE);
    faults.range("epoch-images", epochImages, 0, Long.MAX_VALUE);
    faults.range("max-classes", maxClasses, 1, 1_000_000);
    shrinking.check(faults);
    if (shrinking.larger() > 0) {
      faults.add("shrink-larger is for datasets: raise max-image-size for images that arrive");
    }
    faults.throwIfAny("Cannot publish with these options");
  }
}
