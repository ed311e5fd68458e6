package dev.millrace.imaging;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Pixels that are worked on, one to an int: red in the lowest byte, then green and blue. Its memory
 * is used again for the next image; not for several threads.
 */
public final class Canvas {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
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
    int whole = size & -4;
    int to = 0;
    // Four pixels are twelve bytes are three ints.
    for (int i = 0; i < whole; i += 4, to += 12) {
      int second = packed[i + 1];
      int third = packed[i + 2];
      INTS.set(rgb, to, packed[i] | (second << 24));
      INTS.set(rgb, to + 4, (second >>> 8) | (third << 16));
      INTS.set(rgb, to + 8, (third >>> 16) | (packed[i + 3] << 8));
    }
    for (int i = whole; i < size; i++, to += Pixels.CHANNELS) {
      rgb[to] = (byte) packed[i];
      rgb[to + 1] = (byte) (packed[i] >> 8);
      rgb[to + 2] = (byte) (packed[i] >> 16);
    }
    return new Pixels(height, width, rgb);
  }
}
