package dev.millrace.trainer;

/**
 * Tells which images a run was trained on, in eight bytes: the sum, modulo 2^64, of a hash of each
 * one's epoch and sequence. Parts of a run can be added up. An image that was left out, and one
 * that was trained on twice, change the sum but for one chance in 2^64; so whoever knows which
 * images there were can tell whether each was trained on exactly once. Their order is not in it:
 * positions only ever go forward.
 */
public final class ImageDigest {
  private ImageDigest() {}

  /**
   * What one image adds to the sum: the finalizer of SplitMix64 (Steele, Lea and Flood 2014),
   * twice.
   *
   * @param epoch from 0
   * @param sequence the image's place in the epoch, from 0
   */
  public static long of(int epoch, long sequence) {
    return mix(mix(epoch + 1L) + sequence);
  }

  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
