package dev.millrace.imaging;

import java.nio.ByteBuffer;

/**
 * What an encoded image says of itself, read without a decoder and without allocating for it.
 *
 * @param format JPEG or PNG
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param components color components a pixel: 1 grey, 3 color, 4 CMYK (JPEG); 0 for others
 * @param orientation how the pixels are to be turned (JPEG); upright for others
 */
record ImageHeader(Format format, int height, int width, int components, Orientation orientation) {
  enum Format {
    JPEG,
    PNG,
    GIF,
    WEBP
  }

  private static final int APP1 = 0xE1;
  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;

  /**
   * Reads the header and checks the limits.
   *
   * @throws CorruptImageException if it is none of these formats, cut short or over a limit
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
      if (in.remaining() >= 4 && in.getInt(0) == 0x47494638) { // "GIF8"
        GifFirstFrame frame = GifFirstFrame.of(in);
        return new ImageHeader(Format.GIF, frame.height(), frame.width(), 0, Orientation.UPRIGHT);
      }
      if (in.remaining() >= 12 && in.getInt(0) == 0x52494646 && in.getInt(8) == 0x57454250) {
        return webp(in); // "RIFF" and "WEBP"
      }
    } catch (IndexOutOfBoundsException e) {
      throw new CorruptImageException(
          "the image is cut short within its header, after %d bytes".formatted(in.remaining()));
    }
    StringBuilder start = new StringBuilder();
    for (int i = 0; i < Math.min(4, in.remaining()); i++) {
      start.append(" %02x".formatted(in.get(i)));
    }
    throw new CorruptImageException("not a JPEG, PNG, WebP or GIF, starts with" + start);
  }

  private static ImageHeader png(ByteBuffer in) throws CorruptImageException {
    // signature (8), length (4), "IHDR" (4), width (4), height (4), depth, color type, ...
    int width = in.getInt(16);
    int height = in.getInt(20);
    int end = in.remaining();
    // "IEND" stands in the last chunk; some writers leave a few bytes behind it.
    for (int i = end - 8; i >= 24; i--) {
      if (in.getInt(i) == 0x49454E44) {
        return new ImageHeader(Format.PNG, height, width, 0, Orientation.UPRIGHT);
      }
    }
    throw new CorruptImageException("the PNG is cut short: its end is missing");
  }

  // The first chunk tells the size: lossy, lossless or with extras (RFC 9649).
  private static ImageHeader webp(ByteBuffer in) throws CorruptImageException {
    long end = 8 + (Integer.reverseBytes(in.getInt(4)) & 0xFFFFFFFFL);
    if (end > in.remaining()) {
      throw new CorruptImageException(
          "the WebP is cut short: it has %d of %d bytes".formatted(in.remaining(), end));
    }
    return switch (in.getInt(12)) {
      case 0x56503820 -> // "VP8 "
          webp(
              Short.reverseBytes(in.getShort(28)) & 0x3FFF,
              Short.reverseBytes(in.getShort(26)) & 0x3FFF);
      case 0x5650384C -> { // "VP8L"
        int bits = Integer.reverseBytes(in.getInt(21));
        yield webp(((bits >>> 14) & 0x3FFF) + 1, (bits & 0x3FFF) + 1);
      }
      case 0x56503858 -> { // "VP8X"
        if ((in.get(20) & 2) != 0) {
          throw new CorruptImageException("an animated WebP, which is not decoded");
        }
        int width = (Integer.reverseBytes(in.getInt(24)) & 0xFFFFFF) + 1;
        int height = (Integer.reverseBytes(in.getInt(26)) >>> 8) + 1;
        yield webp(height, width);
      }
      default -> throw new CorruptImageException("the WebP begins with an unknown chunk");
    };
  }

  private static ImageHeader webp(int height, int width) {
    return new ImageHeader(Format.WEBP, height, width, 0, Orientation.UPRIGHT);
  }

  private static ImageHeader jpeg(ByteBuffer in) throws CorruptImageException {
    int at = 2;
    ImageHeader header = null;
    Orientation orientation = Orientation.UPRIGHT;
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
                in.get(at + 7) & 0xFF,
                orientation);
      }
      if (marker == APP1 && orientation.equals(Orientation.UPRIGHT)) {
        int length = Math.max(2, in.getShort(at) & 0xFFFF);
        orientation = Orientation.read(in.slice(at + 2, length - 2));
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
    return new ImageHeader(
        header.format, header.height, header.width, header.components, orientation);
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
