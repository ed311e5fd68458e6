package dev.millrace.producer;

import dev.millrace.schemas.OptionFaults;

/**
 * What a user chooses about publishing.
 *
 * @param seed decides every epoch's order
 * @param epochs passes over the training images, 0 for without end
 * @param maxImageBytes larger files become dead letters, 1 KiB to 64 MiB
 * @param maxAheadBytes bytes of images that the augmenters may be behind before the producer holds
 *     back, per split, at least 1 MiB; of several producers all together
 * @param shrinking how images are shrunk before they are published
 * @param share which of several producers it is
 */
public record ProducerOptions(
    long seed,
    int epochs,
    int maxImageBytes,
    long maxAheadBytes,
    Shrinking shrinking,
    ProducerShare share) {
  /** Images stay as they are, and one producer publishes all of them. */
  public ProducerOptions(long seed, int epochs, int maxImageBytes, long maxAheadBytes) {
    this(seed, epochs, maxImageBytes, maxAheadBytes, Shrinking.NONE);
  }

  /** One producer publishes all images. */
  public ProducerOptions(
      long seed, int epochs, int maxImageBytes, long maxAheadBytes, Shrinking shrinking) {
    this(seed, epochs, maxImageBytes, maxAheadBytes, shrinking, ProducerShare.WHOLE);
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if any is left, naming every setting that is at fault
   */
  public ProducerOptions {
    OptionFaults faults = new OptionFaults();
    faults.range("epochs", epochs, 0, Integer.MAX_VALUE);
    faults.range("max-image-size", maxImageBytes, 1 << 10, 64 << 20);
    faults.range("images-ahead", maxAheadBytes, 1 << 20, Long.MAX_VALUE);
    shrinking.check(faults);
    faults.throwIfAny("Cannot publish with these options");
  }

  /**
   * The largest file that is read, in bytes: more than is published where larger ones are shrunk.
   */
  public int maxSourceBytes() {
    return shrinking.shrinksLarger()
        ? Math.max(maxImageBytes, Shrinking.MOST_SOURCE_BYTES)
        : maxImageBytes;
  }

  /** These, for one of several producers. */
  public ProducerOptions of(ProducerShare other) {
    return new ProducerOptions(seed, epochs, maxImageBytes, maxAheadBytes, shrinking, other);
  }
}
