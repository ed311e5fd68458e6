package dev.millrace.imaging.jpeg;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a sequential Huffman-coded JPEG with 8 bits a sample and one scan (ITU-T T.81,
 * processes 1 and 2): what nearly all JPEGs are that are not progressive.
 *
 * @param height rows, from 1
 * @param width columns, from 1
 * @param components 1 (grey) or 3 (Y, Cb, Cr)
 * @param restartInterval MCUs between restart markers; 0 for none
 * @param dataStart index of the scan's first byte
 */
record JpegFrame(
    int height, int width, List<Component> components, int restartInterval, int dataStart) {

  /**
   * One component.
   *
   * @param horizontal samples across an MCU, in blocks: 1 or 2
   * @param vertical samples down an MCU, in blocks: 1 or 2
   * @param quantization 64 factors in zigzag order
   * @param dc code of the differences
   * @param ac code of the runs and sizes
   */
  @SuppressWarnings("ArrayRecordComponent") // read in the innermost loop, never compared
  record Component(
      int horizontal, int vertical, int[] quantization, HuffmanTable dc, HuffmanTable ac) {}

  int mcuWidth() {
    return 8 * components.getFirst().horizontal;
  }

  int mcuHeight() {
    return 8 * components.getFirst().vertical;
  }

  int mcusAcross() {
    return (width + mcuWidth() - 1) / mcuWidth();
  }

  int mcusDown() {
    return (height + mcuHeight() - 1) / mcuHeight();
  }

  /**
   * Reads the headers up to the scan.
   *
   * @throws UnsupportedJpegException if it is a JPEG of another kind, or damaged
   */
  static JpegFrame read(ByteBuffer in, HuffmanTables tables) throws UnsupportedJpegException {
    try {
      return new Reader(in, tables).read();
    } catch (IndexOutOfBoundsException e) {
      throw new UnsupportedJpegException("a JPEG that is cut short within its headers");
    }
  }

  /** Takes the headers apart. */
  private static final class Reader {
    private static final int SOF0 = 0xC0;
    private static final int SOF1 = 0xC1;
    private static final int DHT = 0xC4;
    private static final int SOS = 0xDA;
    private static final int DQT = 0xDB;
    private static final int DRI = 0xDD;
    private static final int APP0 = 0xE0;
    private static final int APP14 = 0xEE;
    private static final int TABLES = 4;

    private final ByteBuffer in;
    private final HuffmanTables tables;
    private final int[] @Nullable [] quantization = new int[TABLES][];
    private final @Nullable HuffmanTable[] dc = new HuffmanTable[TABLES];
    private final @Nullable HuffmanTable[] ac = new HuffmanTable[TABLES];
    private final List<int[]> declared = new ArrayList<>();
    private int height;
    private int width;
    private int restartInterval;
    private boolean jfif;
    private int adobe = -1;

    Reader(ByteBuffer in, HuffmanTables tables) {
      this.in = in;
      this.tables = tables;
    }

    JpegFrame read() throws UnsupportedJpegException {
      int at = 2;
      while (true) {
        if (u8(at) != 0xFF || u8(at + 1) == 0xFF) {
          throw new UnsupportedJpegException("stray bytes between markers");
        }
        int marker = u8(at + 1);
        int start = at + 4;
        int end = at + 2 + u16(at + 2);
        switch (marker) {
          case DQT -> quantization(start, end);
          case DHT -> huffman(start, end);
          case SOF0, SOF1 -> frame(start);
          case DRI -> restartInterval = u16(start);
          case APP0 -> jfif |= end - start >= 5 && in.getInt(start) == 0x4A464946;
          case APP14 ->
              adobe = end - start >= 12 && in.getInt(start) == 0x41646F62 ? u8(start + 11) : adobe;
          case SOS -> {
            return scan(start, end);
          }
          default -> {
            if (marker < APP0 || marker > 0xFE) {
              throw new UnsupportedJpegException("marker %02x".formatted(marker));
            }
          }
        }
        at = end;
      }
    }

    private void quantization(int start, int end) throws UnsupportedJpegException {
      int at = start;
      while (at < end) {
        int kind = u8(at++);
        int wide = kind >> 4;
        int[] factors = new int[64];
        for (int i = 0; i < 64; i++) {
          factors[i] = wide == 0 ? u8(at) : u16(at);
          at += wide == 0 ? 1 : 2;
        }
        quantization[slot(kind)] = factors;
      }
    }

    private void huffman(int start, int end) throws UnsupportedJpegException {
      int at = start;
      while (at < end) {
        int kind = u8(at++);
        byte[] counts = new byte[16];
        in.get(at, counts);
        byte[] definition = new byte[16 + HuffmanTable.symbols(counts)];
        in.get(at, definition);
        at += definition.length;
        boolean direct = kind >> 4 == 0;
        (direct ? dc : ac)[slot(kind)] = tables.get(definition, direct);
      }
    }

    private static int slot(int kind) throws UnsupportedJpegException {
      if ((kind & 0xF) >= TABLES || kind >> 4 > 1) {
        throw new UnsupportedJpegException("table %02x".formatted(kind));
      }
      return kind & 0xF;
    }

    private void frame(int start) throws UnsupportedJpegException {
      int count = u8(start + 5);
      if (u8(start) != 8 || (count != 1 && count != 3) || !declared.isEmpty()) {
        throw new UnsupportedJpegException(count + " components of " + u8(start) + " bits");
      }
      height = u16(start + 1);
      width = u16(start + 3);
      if (height == 0 || width == 0) {
        throw new UnsupportedJpegException("a height that is given later");
      }
      for (int c = 0; c < count; c++) {
        int at = start + 6 + 3 * c;
        declared.add(new int[] {u8(at), u8(at + 1) >> 4, u8(at + 1) & 0xF, u8(at + 2)});
      }
    }

    private JpegFrame scan(int start, int end) throws UnsupportedJpegException {
      int count = u8(start);
      int tail = start + 1 + 2 * count;
      if (count != declared.size()
          || end != tail + 3
          || u8(tail) != 0
          || u8(tail + 1) != 63
          || u8(tail + 2) != 0) {
        throw new UnsupportedJpegException("more than one scan");
      }
      requireYcc();
      List<Component> components = new ArrayList<>();
      for (int c = 0; c < count; c++) {
        if (u8(start + 1 + 2 * c) != declared.get(c)[0]) {
          throw new UnsupportedJpegException("components in another order");
        }
        components.add(component(declared.get(c), u8(start + 2 + 2 * c)));
      }
      requireSampling(components);
      return new JpegFrame(height, width, List.copyOf(components), restartInterval, end);
    }

    private Component component(int[] declaration, int chosen) throws UnsupportedJpegException {
      boolean grey = declared.size() == 1;
      try {
        // A component that is alone has one block an MCU, whatever its sampling says.
        return new Component(
            grey ? 1 : declaration[1],
            grey ? 1 : declaration[2],
            Objects.requireNonNull(quantization[slot(declaration[3])]),
            Objects.requireNonNull(dc[slot(chosen >> 4)]),
            Objects.requireNonNull(ac[slot(chosen & 0xF)]));
      } catch (NullPointerException e) {
        throw new UnsupportedJpegException("a table that is not there");
      }
    }

    private static void requireSampling(List<Component> components)
        throws UnsupportedJpegException {
      Component luma = components.getFirst();
      boolean known =
          luma.horizontal >= 1 && luma.horizontal <= 2 && luma.vertical >= 1 && luma.vertical <= 2;
      for (Component chroma : components.subList(1, components.size())) {
        known &= chroma.horizontal == 1 && chroma.vertical == 1;
      }
      if (!known) {
        throw new UnsupportedJpegException("unusual sampling factors");
      }
    }

    // The rules by which libjpeg tells RGB from YCbCr.
    private void requireYcc() throws UnsupportedJpegException {
      if (declared.size() == 1 || jfif) {
        return;
      }
      boolean rgb =
          adobe == 0
              || (adobe < 0
                  && declared.get(0)[0] == 'R'
                  && declared.get(1)[0] == 'G'
                  && declared.get(2)[0] == 'B');
      if (rgb) {
        throw new UnsupportedJpegException("RGB components");
      }
    }

    private int u8(int at) {
      return in.get(at) & 0xFF;
    }

    private int u16(int at) {
      return in.getShort(at) & 0xFFFF;
    }
  }
}
