package dev.millrace.imaging.jpeg;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.S2I;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * YCbCr to RGB by the formulas of JFIF, in fixed point with the constants and roundings of libjpeg,
 * so that the pixels are the same to the bit.
 */
final class Colors {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(INTS.length() * Short.SIZE));

  private static final int POINT = 16;
  private static final int HALF = 1 << (POINT - 1);
  private static final int CENTRE = 128;
  private static final int LARGEST = 255;
  private static final int FIX_1_40200 = 91881;
  private static final int FIX_1_77200 = 116130;
  private static final int FIX_0_71414 = 46802;
  private static final int FIX_0_34414 = 22554;

  private Colors() {}

  /**
   * Replaces Y, Cb and Cr by red, green and blue.
   *
   * @param from first index
   * @param to index behind the last; up to a vector's values behind it are changed
   */
  static void toRgb(short[] y, short[] cb, short[] cr, int from, int to) {
    for (int i = from; i < to; i += INTS.length()) {
      IntVector luma = (IntVector) ShortVector.fromArray(SHORTS, y, i).convertShape(S2I, INTS, 0);
      IntVector blue =
          ((IntVector) ShortVector.fromArray(SHORTS, cb, i).convertShape(S2I, INTS, 0)).sub(CENTRE);
      IntVector red =
          ((IntVector) ShortVector.fromArray(SHORTS, cr, i).convertShape(S2I, INTS, 0)).sub(CENTRE);
      luma.add(red.mul(FIX_1_40200).add(HALF).lanewise(ASHR, POINT))
          .max(0)
          .min(LARGEST)
          .convertShape(I2S, SHORTS, 0)
          .reinterpretAsShorts()
          .intoArray(y, i);
      luma.add(blue.mul(-FIX_0_34414).sub(red.mul(FIX_0_71414)).add(HALF).lanewise(ASHR, POINT))
          .max(0)
          .min(LARGEST)
          .convertShape(I2S, SHORTS, 0)
          .reinterpretAsShorts()
          .intoArray(cb, i);
      luma.add(blue.mul(FIX_1_77200).add(HALF).lanewise(ASHR, POINT))
          .max(0)
          .min(LARGEST)
          .convertShape(I2S, SHORTS, 0)
          .reinterpretAsShorts()
          .intoArray(cr, i);
    }
  }
}
