package dev.millrace.imaging.jpeg;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inverse discrete cosine transform of many 8x8 blocks at once, a block a lane: the algorithm
 * of Loeffler, Ligtenberg and Moschytz (1989) in fixed point with the constants and roundings of
 * libjpeg's accurate integer transform, so that the samples are the same to the bit.
 *
 * <p>Coefficient (row, column) of block {@code b} is at {@code (8 * row + column) * blocks + b}.
 */
final class InverseDct {
  /** Number of blocks must be a multiple of this. */
  static final int LANES = IntVector.SPECIES_PREFERRED.length();

  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, jdk.incubator.vector.VectorShape.forBitSize(LANES * 16));

  // Cosines with 13 bits behind the point, named by their values.
  private static final int FIX_0_298631336 = 2446;
  private static final int FIX_0_390180644 = 3196;
  private static final int FIX_0_541196100 = 4433;
  private static final int FIX_0_765366865 = 6270;
  private static final int FIX_0_899976223 = 7373;
  private static final int FIX_1_175875602 = 9633;
  private static final int FIX_1_501321110 = 12299;
  private static final int FIX_1_847759065 = 15137;
  private static final int FIX_1_961570560 = 16069;
  private static final int FIX_2_053119869 = 16819;
  private static final int FIX_2_562915447 = 20995;
  private static final int FIX_3_072711026 = 25172;

  private static final int POINT = 13;
  private static final int KEPT = 2; // bits behind the point between the passes
  private static final int COLUMNS_SHIFT = POINT - KEPT;
  private static final int ROWS_SHIFT = POINT + KEPT + 3;
  private static final int CENTRE = 128;

  // Where the coefficient of a place, row by row, comes in the zigzag order (T.81, figure A.6).
  private static final int[] ZIGZAG = {
    0, 1, 5, 6, 14, 15, 27, 28,
    2, 4, 7, 13, 16, 26, 29, 42,
    3, 8, 12, 17, 25, 30, 41, 43,
    9, 11, 18, 24, 31, 40, 44, 53,
    10, 19, 23, 32, 39, 45, 52, 54,
    20, 22, 33, 38, 46, 51, 55, 60,
    21, 34, 37, 47, 50, 56, 59, 61,
    35, 36, 48, 49, 57, 58, 62, 63
  };

  private InverseDct() {}

  /**
   * Transforms blocks that share their quantization.
   *
   * @param coefficients 64 x {@code blocks}, in zigzag order
   * @param quantization 64 factors in zigzag order
   * @param samples gets 64 x {@code blocks} samples in rows, about 0 to 255
   */
  static void apply(short[] coefficients, int blocks, int[] quantization, int[] samples) {
    for (int place = 0; place < ZIGZAG.length; place++) {
      dequantize(
          coefficients,
          ZIGZAG[place] * blocks,
          quantization[ZIGZAG[place]],
          samples,
          place * blocks,
          blocks);
    }
    for (int column = 0; column < 8; column++) {
      pass(samples, column * blocks, 8 * blocks, blocks, COLUMNS_SHIFT, 0);
    }
    for (int row = 0; row < 8; row++) {
      pass(samples, row * 8 * blocks, blocks, blocks, ROWS_SHIFT, CENTRE);
    }
  }

  /** Copies samples of neighbouring blocks, clamped. Writes up to LANES samples too many. */
  static void samples(int[] values, int from, short[] to, int at, int count) {
    for (int i = 0; i < count; i += LANES) {
      IntVector.fromArray(INTS, values, from + i)
          .max(0)
          .min(255)
          .convertShape(I2S, SHORTS, 0)
          .reinterpretAsShorts()
          .intoArray(to, at + i);
    }
  }

  private static void dequantize(short[] in, int from, int factor, int[] out, int at, int blocks) {
    for (int b = 0; b < blocks; b += LANES) {
      ((IntVector) ShortVector.fromArray(SHORTS, in, from + b).convertShape(S2I, INTS, 0))
          .mul(factor)
          .intoArray(out, at + b);
    }
  }

  // One dimension of all blocks: the eight values of a line are `stride` apart. The centre is added
  // with the rounding.
  private static void pass(int[] values, int start, int stride, int blocks, int shift, int centre) {
    int round = (1 << (shift - 1)) + (centre << shift);
    for (int b = 0; b < blocks; b += LANES) {
      int at = start + b;
      IntVector in0 = IntVector.fromArray(INTS, values, at);
      IntVector in1 = IntVector.fromArray(INTS, values, at + stride);
      IntVector in2 = IntVector.fromArray(INTS, values, at + 2 * stride);
      IntVector in3 = IntVector.fromArray(INTS, values, at + 3 * stride);
      IntVector in4 = IntVector.fromArray(INTS, values, at + 4 * stride);
      IntVector in5 = IntVector.fromArray(INTS, values, at + 5 * stride);
      IntVector in6 = IntVector.fromArray(INTS, values, at + 6 * stride);
      IntVector in7 = IntVector.fromArray(INTS, values, at + 7 * stride);
      IntVector z1 = in2.add(in6).mul(FIX_0_541196100);
      IntVector tmp2 = z1.sub(in6.mul(FIX_1_847759065));
      IntVector tmp3 = z1.add(in2.mul(FIX_0_765366865));
      IntVector tmp0 = in0.add(in4).lanewise(LSHL, POINT).add(round);
      IntVector tmp1 = in0.sub(in4).lanewise(LSHL, POINT).add(round);
      IntVector y5 = in7.add(in3).add(in5).add(in1).mul(FIX_1_175875602);
      IntVector y1 = in7.add(in1).mul(-FIX_0_899976223);
      IntVector y2 = in5.add(in3).mul(-FIX_2_562915447);
      IntVector y3 = y5.sub(in7.add(in3).mul(FIX_1_961570560));
      IntVector y4 = y5.sub(in5.add(in1).mul(FIX_0_390180644));
      IntVector odd3 = in1.mul(FIX_1_501321110).add(y1).add(y4);
      IntVector tmp10 = tmp0.add(tmp3);
      tmp10.add(odd3).lanewise(ASHR, shift).intoArray(values, at);
      tmp10.sub(odd3).lanewise(ASHR, shift).intoArray(values, at + 7 * stride);
      IntVector odd2 = in3.mul(FIX_3_072711026).add(y2).add(y3);
      IntVector tmp11 = tmp1.add(tmp2);
      tmp11.add(odd2).lanewise(ASHR, shift).intoArray(values, at + stride);
      tmp11.sub(odd2).lanewise(ASHR, shift).intoArray(values, at + 6 * stride);
      IntVector odd1 = in5.mul(FIX_2_053119869).add(y2).add(y4);
      IntVector tmp12 = tmp1.sub(tmp2);
      tmp12.add(odd1).lanewise(ASHR, shift).intoArray(values, at + 2 * stride);
      tmp12.sub(odd1).lanewise(ASHR, shift).intoArray(values, at + 5 * stride);
      IntVector odd0 = in7.mul(FIX_0_298631336).add(y1).add(y3);
      IntVector tmp13 = tmp0.sub(tmp3);
      tmp13.add(odd0).lanewise(ASHR, shift).intoArray(values, at + 3 * stride);
      tmp13.sub(odd0).lanewise(ASHR, shift).intoArray(values, at + 4 * stride);
    }
  }
}
