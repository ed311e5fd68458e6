package dev.millrace.dashboard.pictures;

import dev.millrace.imaging.Pixels;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.schemas.checkpoint.SafetensorsHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The first layer's kernels: little pictures of what its units answer to.
 *
 * @param height rows of each, 1 to 32
 * @param width columns of each, 1 to 32
 * @param count how many, 1 to 512
 * @param weights [height, width, 3, count]
 */
record Kernels(int height, int width, int count, FloatBuffer weights) {
  /** Name of the tensor that holds them, in every network. */
  static final String NAME = "conv1/weights";

  private static final int LONGEST_SIDE = 32;
  private static final int MOST = 512;

  /**
   * Reads them.
   *
   * @param place what the checkpoint's header says of them
   * @param elements exactly their bytes
   * @throws DamagedCheckpointException if they are not kernels of three channels, or too many or
   *     too large
   */
  static Kernels of(SafetensorsHeader.Place place, ByteBuffer elements)
      throws DamagedCheckpointException {
    check(place);
    long[] shape = place.shape();
    return new Kernels(
        (int) shape[0],
        (int) shape[1],
        (int) shape[3],
        elements.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
  }

  /** The same, before the bytes are there. */
  static void check(SafetensorsHeader.Place place) throws DamagedCheckpointException {
    long[] shape = place.shape();
    boolean fit =
        shape.length == 4
            && isWithin(shape[0], LONGEST_SIDE)
            && isWithin(shape[1], LONGEST_SIDE)
            && shape[2] == Pixels.CHANNELS
            && isWithin(shape[3], MOST);
    if (!fit) {
      throw new DamagedCheckpointException(
          "%s must be at most %d x %d x %d x %d to be drawn, found %s"
              .formatted(
                  NAME,
                  LONGEST_SIDE,
                  LONGEST_SIDE,
                  Pixels.CHANNELS,
                  MOST,
                  java.util.Arrays.toString(shape)));
    }
  }

  private static boolean isWithin(long size, int most) {
    return size >= 1 && size <= most;
  }

  /** A weight; 0 where it is not a finite number. */
  float weight(int kernel, int y, int x, int channel) {
    float weight = weights.get(((y * width + x) * Pixels.CHANNELS + channel) * count + kernel);
    return Float.isFinite(weight) ? weight : 0;
  }
}
