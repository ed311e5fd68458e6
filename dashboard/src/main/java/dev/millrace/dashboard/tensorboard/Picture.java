package dev.millrace.dashboard.tensorboard;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * A picture for TensorBoard.
 *
 * @param tag what it shows: lower-case letters, digits, underscores and slashes, 1 to 100
 * @param step after which it was so, from 0
 * @param time when
 * @param width in pixels
 * @param height in pixels
 * @param channels 1 grey, 3 RGB, 4 RGBA
 * @param png the encoded picture, 1 byte to 4 MiB; not copied
 */
public record Picture(
    String tag, long step, Instant time, int width, int height, int channels, ByteBuffer png) {
  private static final int MOST_BYTES = 4 << 20;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is left
   */
  public Picture {
    if (!tag.matches("[a-z0-9_/]{1,100}") || step < 0 || width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "No picture for TensorBoard: tag \"%s\", step %d, %d x %d"
              .formatted(tag, step, width, height));
    }
    png = png.asReadOnlyBuffer();
    if (channels != 1 && channels != 3 && channels != 4) {
      throw new IllegalArgumentException("channels must be 1, 3 or 4, found " + channels);
    }
    if (!png.hasRemaining() || png.remaining() > MOST_BYTES) {
      throw new IllegalArgumentException(
          "A picture must have 1 to %,d bytes, found %,d".formatted(MOST_BYTES, png.remaining()));
    }
  }
}
