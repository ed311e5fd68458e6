package dev.millrace.imaging;

import java.nio.ByteBuffer;

/**
 * Turns encoded images into pixels. JPEG and PNG are known by their content, whatever their name;
 * color profiles are ignored; grey and CMYK become RGB; transparency is dropped. Keeps native
 * memory until it is closed and serves one thread at a time.
 */
public interface ImageDecoder extends AutoCloseable {
  /**
   * Decodes one image.
   *
   * @param encoded the whole image; its position is left as it was
   * @return its pixels, in an array of the caller's own
   * @throws CorruptImageException if it is neither JPEG nor PNG, broken, cut short or over a limit
   */
  Pixels decode(ByteBuffer encoded) throws CorruptImageException;

  /** Which library decodes, for people. */
  String name();

  @Override
  void close();
}
