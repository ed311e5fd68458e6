package dev.millrace.imaging.jpeg;

import static dev.millrace.imaging.jpeg.HuffmanTable.ADVANCE_MASK;
import static dev.millrace.imaging.jpeg.HuffmanTable.ADVANCE_SHIFT;
import static dev.millrace.imaging.jpeg.HuffmanTable.END_ADVANCE;
import static dev.millrace.imaging.jpeg.HuffmanTable.LENGTH_MASK;
import static dev.millrace.imaging.jpeg.HuffmanTable.LOOK;
import static dev.millrace.imaging.jpeg.HuffmanTable.NEED_SHIFT;
import static dev.millrace.imaging.jpeg.HuffmanTable.SIZE_MASK;
import static dev.millrace.imaging.jpeg.HuffmanTable.VALUE_SHIFT;
import static dev.millrace.imaging.jpeg.HuffmanTable.WHOLE_FLAG;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Reads Huffman-coded blocks from a scan's data. The next bits stand at the top of a long, which is
 * filled up by whole bytes whenever fewer than 32 are left: enough for the longest code (16) with
 * its value (15). Not for several threads.
 */
final class ScanReader {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int LOOK_SHIFT = Long.SIZE - LOOK;
  private static final int CODE_SHIFT = 8;
  private static final int SYMBOL_MASK = 0xFF;
  private static final int ZERO_RUN = 0xF0;
  private static final int LAST = 63;
  private static final int BEHIND = LAST + 1;

  private final ScanData data;
  private final int[] predictions = new int[3];
  private byte[] bytes;
  private int position;
  private int end;
  private long bits;
  private int count;
  private List<Block> mcu = List.of();

  /**
   * A block of an MCU.
   *
   * @param component index of its component
   * @param coefficients all 0 where the component's blocks belong; get those that are not, in
   *     zigzag order, and what there is too much behind them
   * @param first index of the first coefficient in the first MCU; the next MCU's is behind it
   * @param stride how far a block's coefficients are apart
   */
  @SuppressWarnings("ArrayRecordComponent") // written in the innermost loop, never compared
  record Block(
      int component,
      HuffmanTable dc,
      HuffmanTable ac,
      short[] coefficients,
      int first,
      int stride) {}

  ScanReader(ScanData data) {
    this.data = data;
    this.bytes = data.bytes();
  }

  /** Takes what an MCU consists of. */
  void mcu(List<Block> blocks) {
    mcu = blocks;
  }

  /** Goes to the start of a part between restart markers. */
  void start(int segment) throws UnsupportedJpegException {
    bytes = data.bytes();
    position = data.start(segment);
    end = data.end(segment);
    bits = 0;
    count = 0;
    Arrays.fill(predictions, 0);
  }

  /**
   * Checks that no more was read than is there. What is read from behind the end is wrong but in
   * bounds, so that this can wait until some blocks were read.
   *
   * @throws UnsupportedJpegException if more was read
   */
  void requireInside() throws UnsupportedJpegException {
    if (position - (count >> 3) > end) {
      throw new UnsupportedJpegException("image data that end early");
    }
  }

  /**
   * Reads MCUs.
   *
   * @param column where the first of them goes, from 0
   * @param mcus their number
   */
  void read(int column, int mcus) throws UnsupportedJpegException {
    byte[] from = bytes;
    int next = position;
    long top = bits;
    int left = count;
    int safe = data.lastSafe();
    for (int m = column; m < column + mcus; m++) {
      for (int b = 0; b < mcu.size(); b++) {
        Block block = mcu.get(b);
        top |= (long) LONGS.get(from, next) >>> left;
        next += (LAST - left) >> 3;
        left |= 56;
        int difference = block.dc.first()[(int) (top >>> LOOK_SHIFT)];
        if ((difference & WHOLE_FLAG) == 0) {
          int symbol = symbol(block.dc, difference, top);
          top <<= symbol >> CODE_SHIFT;
          left -= symbol >> CODE_SHIFT;
          difference = value(symbol, top);
        }
        top <<= difference;
        left -= difference & LENGTH_MASK;
        int dc = predictions[block.component] + (difference >> VALUE_SHIFT);
        predictions[block.component] = dc;
        short[] coefficients = block.coefficients;
        int at = block.first + m;
        int stride = block.stride;
        coefficients[at] = (short) dc;
        int[] first = block.ac.first();
        int k = 0;
        while (k < LAST) {
          top |= (long) LONGS.get(from, next) >>> left;
          next += (LAST - left) >> 3;
          left |= 56;
          int entry = first[(int) (top >>> LOOK_SHIFT)];
          if ((entry & WHOLE_FLAG) == 0) {
            int symbol = symbol(block.ac, entry, top);
            top <<= symbol >> CODE_SHIFT;
            left -= symbol >> CODE_SHIFT;
            entry = value(symbol, top) | advance(symbol);
          }
          top <<= entry;
          left -= entry & LENGTH_MASK;
          k += (entry >> ADVANCE_SHIFT) & ADVANCE_MASK;
          coefficients[at + Math.min(k, BEHIND) * stride] = (short) (entry >> VALUE_SHIFT);
        }
        requireBlock(k, next, safe);
      }
    }
    position = next;
    bits = top;
    count = left;
  }

  /** Reads over MCUs. */
  void skip(int mcus) throws UnsupportedJpegException {
    byte[] from = bytes;
    int next = position;
    long top = bits;
    int left = count;
    int safe = data.lastSafe();
    for (int m = 0; m < mcus; m++) {
      for (int b = 0; b < mcu.size(); b++) {
        Block block = mcu.get(b);
        top |= (long) LONGS.get(from, next) >>> left;
        next += (LAST - left) >> 3;
        left |= 56;
        int difference = block.dc.first()[(int) (top >>> LOOK_SHIFT)];
        if ((difference & WHOLE_FLAG) == 0) {
          int symbol = symbol(block.dc, difference, top);
          top <<= symbol >> CODE_SHIFT;
          left -= symbol >> CODE_SHIFT;
          difference = value(symbol, top);
        }
        top <<= difference;
        left -= difference & LENGTH_MASK;
        predictions[block.component] += difference >> VALUE_SHIFT;
        int[] all = block.ac.all();
        int k = 0;
        while (k < LAST) {
          top |= (long) LONGS.get(from, next) >>> left;
          next += (LAST - left) >> 3;
          left |= 56;
          int look = (int) (top >>> LOOK_SHIFT);
          int entry = all[look];
          if (k + (entry >> NEED_SHIFT) > LAST) {
            entry = block.ac.first()[look];
            if ((entry & WHOLE_FLAG) == 0) {
              int symbol = symbol(block.ac, entry, top);
              entry = advance(symbol) | ((symbol >> CODE_SHIFT) + (symbol & SIZE_MASK));
            }
          }
          top <<= entry;
          left -= entry & LENGTH_MASK;
          k += (entry >> ADVANCE_SHIFT) & ADVANCE_MASK;
        }
        requireBlock(k, next, safe);
      }
    }
    position = next;
    bits = top;
    count = left;
  }

  // The value that a symbol asks for and that the next bits begin with, as an entry.
  private static int value(int symbol, long top) {
    int size = symbol & SIZE_MASK;
    int value = HuffmanTable.extend((int) (top >>> 1 >>> (LAST - size)), size);
    return (value << VALUE_SHIFT) | size;
  }

  // How far a symbol goes, as an entry.
  private static int advance(int symbol) {
    boolean atEnd = (symbol & SIZE_MASK) == 0 && (symbol & SYMBOL_MASK) != ZERO_RUN;
    return (atEnd ? END_ADVANCE : ((symbol >> 4) & 0xF) + 1) << ADVANCE_SHIFT;
  }

  // The next symbol alone: the length of its code shifted left by 8, and the symbol.
  private static int symbol(HuffmanTable table, int entry, long top)
      throws UnsupportedJpegException {
    if (entry != 0) {
      int run = ((entry >> ADVANCE_SHIFT) & ADVANCE_MASK) - 1;
      return ((entry & LENGTH_MASK) << CODE_SHIFT) | (run << 4) | (entry >> VALUE_SHIFT);
    }
    int symbol = table.symbol((int) (top >>> 48));
    if (symbol < 0) {
      throw new UnsupportedJpegException("image data that are no code");
    }
    return symbol;
  }

  private static void requireBlock(int k, int next, int safe) throws UnsupportedJpegException {
    if (k > LAST && k < END_ADVANCE) {
      throw new UnsupportedJpegException("a block of more than 64 coefficients");
    }
    if (next > safe) {
      throw new UnsupportedJpegException("image data that end early");
    }
  }
}
