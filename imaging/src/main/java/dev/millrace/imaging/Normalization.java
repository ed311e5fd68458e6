package dev.millrace.imaging;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns levels into floating-point numbers that have mean 0 and standard deviation 1 over a
 * dataset: {@code (level / 255 - mean) / deviation}, channel by channel.
 */
public final class Normalization {
  private final float[][] numbers = new float[Pixels.CHANNELS][256];
  private final short[][] halves = new short[Pixels.CHANNELS][256];

  /** By a dataset's mean and standard deviation. */
  public Normalization(ColorStatistics statistics) {
    for (int channel = 0; channel < Pixels.CHANNELS; channel++) {
      double mean = statistics.mean().get(channel);
      double deviation = statistics.deviation().get(channel);
      for (int level = 0; level < 256; level++) {
        float number = (float) ((level / 255.0 - mean) / deviation);
        numbers[channel][level] = number;
        halves[channel][level] = Float.floatToFloat16(number);
      }
    }
  }

  /** Height x width x 3 little-endian numbers of 32 bits. */
  public ByteBuffer float32(Canvas canvas) {
    int size = canvas.height() * canvas.width();
    ByteBuffer out = allocate(size, Float.BYTES);
    int[] packed = canvas.packed();
    for (int i = 0; i < size; i++) {
      int pixel = packed[i];
      out.putFloat(numbers[0][pixel & 0xFF])
          .putFloat(numbers[1][(pixel >> 8) & 0xFF])
          .putFloat(numbers[2][(pixel >> 16) & 0xFF]);
    }
    return out.flip();
  }

  /** Height x width x 3 little-endian numbers of 16 bits (IEEE 754 binary16). */
  public ByteBuffer float16(Canvas canvas) {
    int size = canvas.height() * canvas.width();
    ByteBuffer out = allocate(size, Short.BYTES);
    int[] packed = canvas.packed();
    for (int i = 0; i < size; i++) {
      int pixel = packed[i];
      out.putShort(halves[0][pixel & 0xFF])
          .putShort(halves[1][(pixel >> 8) & 0xFF])
          .putShort(halves[2][(pixel >> 16) & 0xFF]);
    }
    return out.flip();
  }

  private static ByteBuffer allocate(int pixels, int bytes) {
    return ByteBuffer.allocate(Math.multiplyExact(pixels, Pixels.CHANNELS * bytes))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
