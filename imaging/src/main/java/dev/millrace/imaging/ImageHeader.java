package dev.millrace.imaging;

import java.nio.ByteBuffer;

/**
 * What an encoded image says of itself, read without a decoder and without allocating for it.
 *
 * @param format JPEG or PNG
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param components color components a pixel: 1 grey, 3 color, 4 CMYK (JPEG); 0 for PNG
 */
record ImageHeader(Format format, int height, int width, int components) {
  enum Format {
    JPEG,
    PNG
  }

  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;

  /**
   * Reads the header and checks the limits.
   *
   * @throws CorruptImageException if it is neither JPEG nor PNG, cut short or over a limit
   */
  static ImageHeader read(ByteBuffer encoded, ImageLimits limits) throws CorruptImageException {
    ByteBuffer in = encoded.slice();
    if (in.remaining() > limits.maxBytes()) {
      throw new CorruptImageException(
          "the encoded image may have %d bytes at most, found %d"
              .formatted(limits.maxBytes(), in.remaining()));
    }
    ImageHeader header = read(in);
    if (header.height < 1 || header.width < 1) {
      throw new CorruptImageException(
          "an image has at least one pixel, found %d x %d".formatted(header.width, header.height));
    }
    if ((long) header.height * header.width > limits.maxPixels()) {
      throw new CorruptImageException(
          "an image may have %d pixels at most, found %d x %d"
              .formatted(limits.maxPixels(), header.width, header.height));
    }
    return header;
  }

  private static ImageHeader read(ByteBuffer in) throws CorruptImageException {
    if (in.remaining() == 0) {
      throw new CorruptImageException("the file is empty");
    }
    try {
      if (in.remaining() >= 4 && (in.getInt(0) >>> 8) == 0xFFD8FF) {
        return jpeg(in);
      }
      if (in.remaining() >= 8 && in.getLong(0) == 0x89504E470D0A1A0AL) {
        return png(in);
      }
    } catch (IndexOutOfBoundsException e) {
      throw new CorruptImageException(
          "the image is cut short within its header, after %d bytes".formatted(in.remaining()));
    }
    StringBuilder start = new StringBuilder();
    for (int i = 0; i < Math.min(4, in.remaining()); i++) {
      start.append(" %02x".formatted(in.get(i)));
    }
    throw new CorruptImageException("not a JPEG or PNG, starts with" + start);
  }

  private static ImageHeader png(ByteBuffer in) throws CorruptImageException {
    // signature (8), length (4), "IHDR" (4), width (4), height (4), depth, color type, ...
    int width = in.getInt(16);
    int height = in.getInt(20);
    int end = in.remaining();
    // "IEND" stands in the last chunk; some writers leave a few bytes behind it.
    for (int i = end - 8; i >= 24; i--) {
      if (in.getInt(i) == 0x49454E44) {
        return new ImageHeader(Format.PNG, height, width, 0);
      }
    }
    throw new CorruptImageException("the PNG is cut short: its end is missing");
  }

  private static ImageHeader jpeg(ByteBuffer in) throws CorruptImageException {
    int at = 2;
    ImageHeader header = null;
    while (true) {
      while ((in.get(at) & 0xFF) != 0xFF) {
        at++; // decoders skip stray bytes before a marker
      }
      while ((in.get(at) & 0xFF) == 0xFF) {
        at++;
      }
      int marker = in.get(at++) & 0xFF;
      if (isFrame(marker)) {
        header =
            new ImageHeader(
                Format.JPEG,
                in.getShort(at + 3) & 0xFFFF,
                in.getShort(at + 5) & 0xFFFF,
                in.get(at + 7) & 0xFF);
      }
      if (marker == SOS) {
        break;
      }
      if (marker == EOI) {
        throw new CorruptImageException("the JPEG ends before its image data");
      }
      if (marker != SOI && marker != 0x01 && (marker < 0xD0 || marker > 0xD7)) {
        at += Math.max(2, in.getShort(at) & 0xFFFF);
      }
    }
    if (header == null) {
      throw new CorruptImageException("the JPEG has image data but no frame header");
    }
    requireEnd(in, at);
    return header;
  }

  // Start of frame 0 to 15, without the markers for Huffman tables, JPG and arithmetic coding.
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  // Decoders fill what is missing of a truncated file with grey. Within image data FF is always
  // followed by 00 or a restart marker, so the end marker can only be itself.
  private static void requireEnd(ByteBuffer in, int dataStart) throws CorruptImageException {
    for (int i = in.remaining() - 2; i >= dataStart; i--) {
      if ((in.get(i) & 0xFF) == 0xFF && (in.get(i + 1) & 0xFF) == EOI) {
        return;
      }
    }
    throw new CorruptImageException("the JPEG is cut short: its end marker is missing");
  }
}
