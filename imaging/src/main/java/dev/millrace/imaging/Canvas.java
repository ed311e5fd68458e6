package dev.millrace.imaging;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Pixels that are worked on, one to an int: red in the lowest byte, then green and blue. Its memory
 * is used again for the next image; not for several threads.
 */
public final class Canvas {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> BYTES = INTS.withLanes(byte.class);
  // Three bytes of each pixel, one pixel after another.
  private static final VectorShuffle<Byte> TOGETHER =
      VectorShuffle.fromOp(BYTES, i -> i / 3 * 4 + i % 3 < BYTES.length() ? i / 3 * 4 + i % 3 : i);

  // Vectors may be read and written so far behind the end.
  private static final int SLACK = 64;

  private int height;
  private int width;
  private int[] packed = new int[SLACK];

  /** An empty canvas. */
  public Canvas() {}

  /** Makes room for an image; its pixels are undefined. */
  void resize(int newHeight, int newWidth) {
    height = newHeight;
    width = newWidth;
    int size = Math.addExact(Math.multiplyExact(height, width), SLACK);
    if (packed.length < size) {
      packed = new int[size];
    }
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /** Columns. */
  public int width() {
    return width;
  }

  /** The pixels, row by row; there is more behind them. */
  int[] packed() {
    return packed;
  }

  /** A copy as height x width x 3 bytes. */
  public Pixels toPixels() {
    int size = height * width;
    byte[] rgb = new byte[Math.multiplyExact(size, Pixels.CHANNELS)];
    int i = 0;
    // Each vector has a quarter too much, which the next one replaces.
    for (; i * Pixels.CHANNELS + BYTES.length() <= rgb.length; i += INTS.length()) {
      IntVector.fromArray(INTS, packed, i)
          .reinterpretAsBytes()
          .rearrange(TOGETHER)
          .intoArray(rgb, i * Pixels.CHANNELS);
    }
    for (int to = i * Pixels.CHANNELS; i < size; i++, to += Pixels.CHANNELS) {
      rgb[to] = (byte) packed[i];
      rgb[to + 1] = (byte) (packed[i] >> 8);
      rgb[to + 2] = (byte) (packed[i] >> 16);
    }
    return new Pixels(height, width, rgb);
  }
}
