package dev.millrace.imaging;

/**
 * A decoded image in memory. The array is the caller's to change; nothing is copied.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param rgb height x width x 3 bytes: rows from the top, columns from the left, red, green, blue
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are worked on in place, never compared
public record Pixels(int height, int width, byte[] rgb) {
  /** Red, green, blue. */
  public static final int CHANNELS = 3;

  /**
   * Checks the length.
   *
   * @throws IllegalArgumentException if the array does not hold height x width x 3 bytes
   */
  public Pixels {
    if (height < 1 || width < 1 || rgb.length != (long) height * width * CHANNELS) {
      throw new IllegalArgumentException(
          "%d x %d pixels have height x width x 3 bytes, found %d"
              .formatted(height, width, rgb.length));
    }
  }
}
