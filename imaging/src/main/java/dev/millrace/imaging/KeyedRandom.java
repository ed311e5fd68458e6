package dev.millrace.imaging;

import java.nio.charset.StandardCharsets;

/**
 * Random numbers by key, not by history: the same seed, epoch and image id give the same numbers on
 * every machine, in whatever order images are worked on. The key is hashed, eight bytes at a time,
 * by the finalizer of SplitMix64 (Steele, Lea and Flood 2014), and the hash starts that generator.
 */
public final class KeyedRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  /**
   * The numbers of one image in one epoch.
   *
   * @param seed the run's seed
   * @param epoch the epoch, from 0
   * @param id the image's id
   */
  public KeyedRandom(long seed, int epoch, String id) {
    long hash = mix(seed + GOLDEN);
    hash = mix(hash ^ (epoch + GOLDEN));
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    hash = mix(hash ^ (bytes.length + GOLDEN));
    for (int start = 0; start < bytes.length; start += Long.BYTES) {
      long word = 0;
      for (int i = start; i < Math.min(start + Long.BYTES, bytes.length); i++) {
        word = (word << 8) | (bytes[i] & 0xFF);
      }
      hash = mix(hash ^ (word + GOLDEN));
    }
    state = hash;
  }

  /** Any 64 bits. */
  public long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /**
   * A whole number from 0 to {@code bound - 1}, each as likely as the others.
   *
   * @param bound at least 1
   * @throws IllegalArgumentException if the bound is less
   */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be at least 1, found " + bound);
    }
    // The upper bits of bits x bound; the few lowest products are drawn again, or some numbers
    // would be likelier (Lemire 2019).
    long threshold = (1L << 32) % bound;
    while (true) {
      long product = (nextLong() >>> 32) * bound;
      if ((product & 0xFFFFFFFFL) >= threshold) {
        return (int) (product >>> 32);
      }
    }
  }

  /** A number from 0, inclusive, to 1, exclusive. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** A number from the normal distribution with mean 0 and standard deviation 1. */
  public double nextGaussian() {
    // Box and Muller 1958; StrictMath gives the same bits on every machine.
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * nextDouble());
  }

  /** Puts numbers into an order of which all are equally likely: Fisher and Yates' method. */
  public void shuffle(int[] numbers) {
    for (int i = numbers.length - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int kept = numbers[i];
      numbers[i] = numbers[j];
      numbers[j] = kept;
    }
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
