package dev.millrace.imaging;

import java.nio.ByteBuffer;

/** A library that decodes all kinds of images, but only whole, and as they are stored. */
interface WholeDecoder extends AutoCloseable {
  /**
   * Decodes one image.
   *
   * @param encoded the whole image; its position is left as it was
   * @return its pixels, in an array of the caller's own
   * @throws CorruptImageException if it is no image that we know, broken, cut short or over a limit
   */
  Pixels decode(ByteBuffer encoded) throws CorruptImageException;

  /** Which library it is, for people. */
  String name();

  @Override
  void close();
}
