package dev.millrace.imaging;

import java.nio.ByteBuffer;

/**
 * Turns encoded images into pixels. JPEG, PNG, WebP and GIF (of which the first frame is taken) are
 * known by their content, whatever their name; the picture is turned as EXIF tells; color profiles
 * are ignored; grey and CMYK become RGB; transparency is dropped. Keeps memory, which grows with
 * the largest image, until it is closed, and serves one thread at a time.
 */
public interface ImageDecoder extends AutoCloseable {
  /**
   * Decodes one image whole.
   *
   * @param encoded the whole image; its position is left as it was
   * @return its pixels, in an array of the caller's own
   * @throws CorruptImageException if it is no image that we know, broken, cut short or over a limit
   */
  Pixels decode(ByteBuffer encoded) throws CorruptImageException;

  /**
   * Decodes what is wanted of one image, and resizes it.
   *
   * @param encoded the whole image; its position is left as it was
   * @param window what is wanted
   * @param mirrored whether left and right are swapped
   * @param canvas gets the pixels
   * @throws CorruptImageException if it is no image that we know, broken, cut short or over a
   *     limit; what is broken behind the wanted pixels may go unnoticed
   * @throws IllegalArgumentException if there is no such window of an image of this size
   */
  void decode(ByteBuffer encoded, Window.Choice window, boolean mirrored, Canvas canvas)
      throws CorruptImageException;

  /** Which libraries decode, for people. */
  String name();

  @Override
  void close();
}
