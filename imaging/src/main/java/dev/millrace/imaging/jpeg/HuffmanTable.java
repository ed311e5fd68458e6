package dev.millrace.imaging.jpeg;

import java.util.Arrays;

/**
 * A Huffman code of a JPEG (ITU-T T.81, annexes C and F.2.2), made for reading several bits at a
 * time: the next {@link #LOOK} bits index tables that hold what they begin with. A symbol is a run
 * of zeros and the size of the value that follows it; mostly code and value fit into these bits,
 * and one look gives both.
 *
 * <p>An entry's lowest six bits are its length in bits, because a shift by a long takes just these.
 */
final class HuffmanTable {
  /** Bits that index the tables. */
  static final int LOOK = 11;

  /** Advance of an end of block: larger than any other, so that one comparison ends the loop. */
  static final int END_ADVANCE = 80;

  static final int LENGTH_MASK = 0x3F;
  static final int ADVANCE_SHIFT = 6;
  static final int ADVANCE_MASK = 0xFF;
  static final int NEED_SHIFT = 16;
  static final int END_FLAG = 1 << 14;
  static final int WHOLE_FLAG = 1 << 15;
  static final int VALUE_SHIFT = 16;
  static final int SIZE_MASK = 0xF;

  private static final int NEVER = 64 << NEED_SHIFT;
  private static final int LONGEST = 16;
  private static final int MOST_SYMBOLS = 256;
  private static final int ZERO_RUN = 0xF0;

  // Of the next symbol: with its value where that fits (WHOLE_FLAG), else the size of it; 0 if even
  // the code is longer.
  private final int[] first = new int[1 << LOOK];
  // Of all whole symbols that fit, up to an end of block.
  private final int[] all = new int[1 << LOOK];
  // The last code of each length, aligned left to 16 bits, and where its symbols are.
  private final int[] limit = new int[LONGEST + 1];
  private final int[] base = new int[LONGEST + 1];
  private final byte[] symbols;
  private final byte[] definition;

  private HuffmanTable(byte[] definition, boolean dc) throws UnsupportedJpegException {
    this.definition = definition;
    this.symbols = Arrays.copyOfRange(definition, LONGEST, definition.length);
    build(dc);
    if (!dc) {
      join();
    }
  }

  /**
   * Reads a definition: 16 bytes with the number of codes of each length, then a symbol for each.
   *
   * @param dc whether the symbols are sizes of differences rather than runs and sizes
   * @throws UnsupportedJpegException if it is no prefix code
   */
  static HuffmanTable of(byte[] definition, boolean dc) throws UnsupportedJpegException {
    return new HuffmanTable(definition, dc);
  }

  boolean isDefinedBy(byte[] other) {
    return Arrays.equals(definition, other);
  }

  /** What the next bits begin with; see the class comment. */
  int[] first() {
    return first;
  }

  /** All the symbols that the next bits hold, added up. */
  int[] all() {
    return all;
  }

  /**
   * The next symbol, without its value.
   *
   * @param next the next 16 bits
   * @return its length shifted left by 8, and the symbol; -1 if there is no such code
   */
  int symbol(int next) {
    for (int length = 1; length <= LONGEST; length++) {
      if (next < limit[length]) {
        int index = base[length] + (next >> (LONGEST - length));
        return (length << 8) | (symbols[index] & 0xFF);
      }
    }
    return -1;
  }

  private void build(boolean dc) throws UnsupportedJpegException {
    int code = 0;
    int index = 0;
    for (int length = 1; length <= LONGEST; length++) {
      int count = definition[length - 1] & 0xFF;
      base[length] = index - code;
      for (int i = 0; i < count; i++) {
        int symbol = symbols[index++] & 0xFF;
        if (dc && symbol > LONGEST - 1) {
          throw new UnsupportedJpegException("a difference of " + symbol + " bits");
        }
        if (length <= LOOK) {
          fill(code, length, symbol, dc);
        }
        code++;
      }
      if (code > (1 << length)) {
        throw new UnsupportedJpegException("a Huffman table that is no prefix code");
      }
      limit[length] = code << (LONGEST - length);
      code <<= 1;
    }
  }

  private void fill(int code, int length, int symbol, boolean dc) {
    int size = symbol & SIZE_MASK;
    int advance = (symbol >> 4) + 1;
    int flags = WHOLE_FLAG;
    if (!dc && size == 0 && symbol != ZERO_RUN) {
      advance = END_ADVANCE;
      flags |= END_FLAG;
    }
    int free = LOOK - length;
    int start = code << free;
    for (int rest = 0; rest < (1 << free); rest++) {
      int entry;
      if (size <= free) {
        int bits = rest >> (free - size);
        entry = (extend(bits, size) << VALUE_SHIFT) | flags | (length + size);
      } else {
        entry = (size << VALUE_SHIFT) | length;
      }
      first[start + rest] = entry | (advance << ADVANCE_SHIFT);
    }
  }

  private void join() {
    for (int i = 0; i < all.length; i++) {
      int length = 0;
      int advance = 0;
      int need = 0;
      int entry = first[i];
      while ((entry & WHOLE_FLAG) != 0 && length + (entry & LENGTH_MASK) <= LOOK) {
        length += entry & LENGTH_MASK;
        advance += (entry >> ADVANCE_SHIFT) & ADVANCE_MASK;
        need = advance;
        if ((entry & END_FLAG) != 0) {
          // It must come before the last coefficient, however far it advances.
          need -= END_ADVANCE - 1;
          break;
        }
        entry = first[(i << length) & (all.length - 1)];
      }
      all[i] =
          need == 0 || need > 63
              ? NEVER
              : (need << NEED_SHIFT) | (advance << ADVANCE_SHIFT) | length;
    }
  }

  /** The value that bits of a size stand for (T.81, figure F.12). */
  static int extend(int bits, int size) {
    return size == 0 || bits >= (1 << (size - 1)) ? bits : bits - (1 << size) + 1;
  }

  static int symbols(byte[] counts) throws UnsupportedJpegException {
    int sum = 0;
    for (int i = 0; i < LONGEST; i++) {
      sum += counts[i] & 0xFF;
    }
    if (sum > MOST_SYMBOLS) {
      throw new UnsupportedJpegException("a Huffman table of " + sum + " symbols");
    }
    return sum;
  }
}
