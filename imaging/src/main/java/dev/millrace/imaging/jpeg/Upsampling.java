package dev.millrace.imaging.jpeg;

import static jdk.incubator.vector.VectorOperators.ASHR;

import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Doubles chroma planes by libjpeg's triangle filter ("fancy upsampling"): a new sample takes three
 * quarters of the nearest old one and a quarter of the next nearest, in each direction, with
 * libjpeg's alternating roundings.
 */
final class Upsampling {
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;

  private Upsampling() {}

  /**
   * One row from the nearest row and the next nearest: sums in quarters.
   *
   * @param count values; up to a vector's more are written
   */
  static void mixRows(short[] from, int near, int far, short[] to, int at, int count) {
    for (int i = 0; i < count; i += SHORTS.length()) {
      ShortVector.fromArray(SHORTS, from, near + i)
          .mul((short) 3)
          .add(ShortVector.fromArray(SHORTS, from, far + i))
          .intoArray(to, at + i);
    }
  }

  /** Ends {@link #mixRows} where the columns stay as they are. */
  static void divideRow(short[] row, int at, int count, int bias) {
    for (int i = 0; i < count; i += SHORTS.length()) {
      ShortVector.fromArray(SHORTS, row, at + i)
          .add((short) bias)
          .lanewise(ASHR, 2)
          .intoArray(row, at + i);
    }
  }

  /**
   * Doubles the columns of a row of groups of 8, into groups of 16.
   *
   * @param from has a value to spare before {@code in}
   * @param groups number of groups
   * @param low rounding of the even columns
   * @param high rounding of the odd columns
   * @param shift bits to divide by
   */
  static void doubleColumns(
      short[] from, int in, short[] to, int at, int groups, int low, int high, int shift) {
    int odd = at + 8 * groups;
    // What is before the first place is the last of the group before, and the other way round.
    side(from, in, in + 7 * groups - 1, to, at, groups, low, shift);
    side(from, in + groups, in, to, at + groups, 7 * groups, low, shift);
    side(from, in, in + groups, to, odd, 7 * groups, high, shift);
    side(from, in + 7 * groups, in + 1, to, odd + 7 * groups, groups, high, shift);
  }

  /** Sets the column before the first or behind the last: it has no neighbour but itself. */
  static short edge(short value, int bias, int shift) {
    return (short) ((4 * value + bias) >> shift);
  }

  private static void side(
      short[] from, int near, int far, short[] to, int at, int count, int bias, int shift) {
    for (int i = 0; i < count; i += SHORTS.length()) {
      ShortVector.fromArray(SHORTS, from, near + i)
          .mul((short) 3)
          .add(ShortVector.fromArray(SHORTS, from, far + i))
          .add((short) bias)
          .lanewise(ASHR, shift)
          .intoArray(to, at + i);
    }
  }
}
