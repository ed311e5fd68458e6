package dev.millrace.imaging;

import java.nio.ByteBuffer;

/** Looks at encoded images without decoding them. */
public final class EncodedImage {
  // Some writers leave a few bytes behind the end.
  private static final int PADDING = 16;
  private static final int GIF_TRAILER = 0x3B;

  private EncodedImage() {}

  /**
   * Checks that an image is of a known format, has a header, its format's end and no more bytes and
   * pixels than allowed: what a file that is still being written, or was cut short, fails.
   *
   * @param encoded the whole image; its position is left as it was
   * @throws CorruptImageException if not, with what is wrong
   */
  public static void requireWhole(ByteBuffer encoded, ImageLimits limits)
      throws CorruptImageException {
    ImageHeader header = ImageHeader.read(encoded, limits);
    if (header.format() == ImageHeader.Format.GIF && !endsGif(encoded)) {
      throw new CorruptImageException("the GIF is cut short: its trailer is missing");
    }
  }

  private static boolean endsGif(ByteBuffer encoded) {
    int end = encoded.limit();
    for (int i = end - 1; i >= Math.max(encoded.position(), end - PADDING); i--) {
      if ((encoded.get(i) & 0xFF) == GIF_TRAILER) {
        return true;
      }
    }
    return false;
  }
}
