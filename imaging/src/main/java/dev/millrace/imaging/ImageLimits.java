package dev.millrace.imaging;

/**
 * What an image may cost at most; checked before memory is allocated for its pixels.
 *
 * @param maxBytes largest encoded image, in bytes
 * @param maxPixels largest decoded image, in pixels; one that is decoded whole takes about 7 bytes
 *     a pixel
 */
public record ImageLimits(long maxBytes, long maxPixels) {
  /** 16 MiB and 64 megapixels. */
  public static final ImageLimits DEFAULT = new ImageLimits(16 << 20, 64_000_000);

  // Three bytes a pixel have to fit into one Java array.
  private static final long MOST_PIXELS = 700_000_000;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a limit is less than 1 or allows over 700 megapixels
   */
  public ImageLimits {
    if (maxBytes < 1 || maxPixels < 1 || maxPixels > MOST_PIXELS) {
      throw new IllegalArgumentException(
          "limits must be from 1 byte and from 1 to %d pixels, found %d bytes and %d pixels"
              .formatted(MOST_PIXELS, maxBytes, maxPixels));
    }
  }
}
