package dev.millrace.imaging.jpeg;

import java.nio.ByteBuffer;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * A scan's data without the zero bytes that follow each FF in the file, and cut at the restart
 * markers. Keeps its memory: the largest image's data and a little. Not for several threads.
 */
final class ScanData {
  // A block has 64 codes with values of at most 31 bits, and eight bytes are looked at at once.
  private static final int BEHIND = 64 * 4 + 64;
  private static final VectorSpecies<Byte> SPECIES = ByteVector.SPECIES_PREFERRED;
  private static final byte FF = (byte) 0xFF;
  private static final int RST0 = 0xD0;
  private static final int EOI = 0xD9;

  private byte[] encoded = new byte[0];
  private byte[] bytes = new byte[BEHIND];
  private int[] starts = new int[16];
  private int segments;
  private int size;

  /**
   * Copies an image's data.
   *
   * @param in the whole image
   * @param start index of the first byte of data
   * @throws UnsupportedJpegException if anything but restart markers in order and the end follows
   */
  void read(ByteBuffer in, int start) throws UnsupportedJpegException {
    int length = in.remaining() - start;
    if (encoded.length < length + SPECIES.length()) {
      encoded = new byte[length + length / 4 + SPECIES.length()];
      bytes = new byte[encoded.length + BEHIND];
    }
    in.get(in.position() + start, encoded, 0, length);
    segments = 1;
    starts[0] = 0;
    int from = 0;
    int to = 0;
    while (true) {
      int marker = plain(from, to, length);
      to += marker - from;
      if (marker + 1 >= length) {
        throw new UnsupportedJpegException("image data without an end");
      }
      int code = encoded[marker + 1] & 0xFF;
      from = marker + 2;
      if (code == 0) {
        bytes[to++] = FF;
      } else if (code == EOI) {
        break;
      } else if (code == RST0 + ((segments - 1) & 7)) {
        if (segments == starts.length - 1) {
          starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        starts[segments++] = to;
      } else {
        throw new UnsupportedJpegException("marker %02x within image data".formatted(code));
      }
    }
    starts[segments] = to;
    size = to;
    Arrays.fill(bytes, to, to + BEHIND, (byte) 0);
  }

  byte[] bytes() {
    return bytes;
  }

  /** The last position from which a whole block may be read without leaving the array. */
  int lastSafe() {
    return size + 8;
  }

  int start(int segment) throws UnsupportedJpegException {
    if (segment >= segments) {
      throw new UnsupportedJpegException("restart markers that are missing");
    }
    return starts[segment];
  }

  int end(int segment) {
    return starts[segment + 1];
  }

  // Copies up to the next FF; its index, or the length if there is none.
  private int plain(int from, int to, int length) {
    int in = from;
    int out = to;
    while (in < length) {
      ByteVector next = ByteVector.fromArray(SPECIES, encoded, in);
      VectorMask<Byte> marker = next.eq(FF);
      next.intoArray(bytes, out);
      if (marker.anyTrue()) {
        return Math.min(length, in + marker.firstTrue());
      }
      in += SPECIES.length();
      out += SPECIES.length();
    }
    return length;
  }
}
