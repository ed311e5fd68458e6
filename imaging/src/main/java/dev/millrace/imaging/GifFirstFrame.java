package dev.millrace.imaging;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A GIF's first frame as a GIF of its own. Decoders unpack all frames, and a small file can hold
 * frames without end.
 *
 * @param height rows of the frame
 * @param width columns of the frame
 * @param file a GIF of that frame alone
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record GifFirstFrame(int height, int width, byte[] file) {
  private static final int SCREEN_END = 13;
  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2C;
  private static final int TRAILER = 0x3B;

  /**
   * Cuts it out.
   *
   * @param encoded the whole GIF, from index 0
   * @throws CorruptImageException if there is no whole frame
   * @throws IndexOutOfBoundsException if it is cut short
   */
  static GifFirstFrame of(ByteBuffer encoded) throws CorruptImageException {
    ByteBuffer in = encoded.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int at = SCREEN_END + colors(in.get(10));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    copy(in, 0, at, out);
    while ((in.get(at) & 0xFF) == EXTENSION) {
      at = blocksEnd(in, at + 2);
    }
    if ((in.get(at) & 0xFF) != IMAGE) {
      throw new CorruptImageException("the GIF has no frame");
    }
    int width = in.getShort(at + 5) & 0xFFFF;
    int height = in.getShort(at + 7) & 0xFFFF;
    int data = at + 10 + colors(in.get(at + 9));
    copy(in, at, blocksEnd(in, data + 1), out);
    out.write(TRAILER);
    byte[] file = out.toByteArray();
    // The frame is all of the screen: where it stood on a larger one does not matter.
    ByteBuffer changed = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    changed.putShort(6, (short) width).putShort(8, (short) height);
    changed.putInt(SCREEN_END + colors(in.get(10)) + 1, 0);
    return new GifFirstFrame(height, width, file);
  }

  // Bytes of the table of colors that a field announces.
  private static int colors(byte field) {
    return (field & 0x80) == 0 ? 0 : 3 << ((field & 7) + 1);
  }

  private static int blocksEnd(ByteBuffer in, int from) {
    int at = from;
    while (in.get(at) != 0) {
      at += 1 + (in.get(at) & 0xFF);
    }
    return at + 1;
  }

  private static void copy(ByteBuffer in, int from, int to, ByteArrayOutputStream out) {
    byte[] bytes = new byte[to - from];
    in.get(from, bytes);
    out.writeBytes(bytes);
  }
}
