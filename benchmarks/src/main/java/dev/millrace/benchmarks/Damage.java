package dev.millrace.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages images the ways in which files are damaged, and the ways in which attackers do it. */
final class Damage {
  private static final byte[] TELLING = {0, 1, 0x7F, (byte) 0x80, (byte) 0xFE, (byte) 0xFF};
  private static final int HEADER = 700;

  private Damage() {}

  /** A damaged copy of one of the images. */
  static byte[] of(List<byte[]> images, SplittableRandom random) {
    byte[] damaged = images.get(random.nextInt(images.size())).clone();
    int times = 1 + random.nextInt(4);
    for (int i = 0; i < times; i++) {
      damaged = once(damaged, images, random);
    }
    return damaged;
  }

  private static byte[] once(byte[] image, List<byte[]> images, SplittableRandom random) {
    if (image.length < 4) {
      return image;
    }
    // Half of the damage is done to headers, which decoders believe.
    int reach = random.nextBoolean() ? Math.min(HEADER, image.length) : image.length;
    int at = random.nextInt(reach);
    switch (random.nextInt(9)) {
      case 0 -> image[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> image[at] = (byte) random.nextInt(256);
      case 2 -> image[at] = TELLING[random.nextInt(TELLING.length)];
      case 3 -> { // a marker where none belongs
        image[at] = (byte) 0xFF;
        image[Math.min(at + 1, image.length - 1)] = (byte) (0xC0 + random.nextInt(64));
      }
      case 4 -> { // lengths and sizes of two bytes
        image[at] = (byte) random.nextInt(256);
        image[Math.min(at + 1, image.length - 1)] = (byte) random.nextInt(256);
      }
      case 5 -> {
        return Arrays.copyOf(image, at);
      }
      case 6 -> { // cut out
        int to = Math.min(image.length, at + 1 + random.nextInt(100));
        byte[] shorter = Arrays.copyOf(image, image.length - (to - at));
        System.arraycopy(image, to, shorter, at, image.length - to);
        return shorter;
      }
      case 7 -> { // put in twice
        int length = Math.min(image.length - at, 1 + random.nextInt(100));
        byte[] longer = new byte[image.length + length];
        System.arraycopy(image, 0, longer, 0, at + length);
        System.arraycopy(image, at, longer, at + length, image.length - at);
        return longer;
      }
      default -> { // the end of another one
        byte[] other = images.get(random.nextInt(images.size()));
        int from = random.nextInt(other.length);
        byte[] both = Arrays.copyOf(image, at + other.length - from);
        System.arraycopy(other, from, both, at, other.length - from);
        return both;
      }
    }
    return image;
  }
}
