package dev.millrace.imaging;

import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Changes of color that are made one after another, but in one go over the pixels. Each but that of
 * hue replaces a level {@code v} by {@code factor * v + grey * luma + shift}, kept within 0 to 255;
 * only at the end it is rounded to whole levels. Before, a level has 8 bits behind the point, and a
 * factor 12: the result is within a level of exact arithmetic, and the same on every machine. Keeps
 * its memory; not for several threads.
 */
public final class ColorChange {
  /** Largest factor: larger ones would overflow. */
  public static final double MOST = 4;

  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int POINT = 8;
  private static final int LARGEST = 255 << POINT;
  private static final int FACTOR_BITS = 12;
  private static final int FACTOR_HALF = 1 << (FACTOR_BITS - 1);
  private static final int FACTOR_ONE = 1 << FACTOR_BITS;

  // ITU-R 601, as torchvision has it: 0.2989, 0.587 and 0.114, with 14 bits behind the point.
  private static final int LUMA_BITS = 14;
  private static final int RED = 4897;
  private static final int GREEN = 9618;
  private static final int BLUE = (1 << LUMA_BITS) - RED - GREEN;

  // The color circle in sixths, with 14 bits behind the point: times 16 bits of level it fits.
  private static final int SIXTH_BITS = 14;
  private static final int SIXTH = 1 << SIXTH_BITS;
  private static final int CIRCLE = 6 * SIXTH;

  // So many pixels fit into the fastest cache, and their lumas' sum into an int.
  private static final int CHUNK = 1024;

  private final List<Step> steps = new ArrayList<>();
  private final int[] red = new int[CHUNK];
  private final int[] green = new int[CHUNK];
  private final int[] blue = new int[CHUNK];

  /** One change of all pixels. */
  private sealed interface Step {
    /** In fixed point; {@code contrast} adds that much of the mean luma to the shifts. */
    record Linear(int factor, int grey, int contrast, int red, int green, int blue)
        implements Step {}

    /** Turns the hue by so many sixths of the circle, in fixed point, from 0. */
    record Hue(int turn) implements Step {}
  }

  /** No change. */
  public ColorChange() {}

  /** Forgets all changes. */
  public void clear() {
    steps.clear();
  }

  /**
   * Multiplies all channels.
   *
   * @param factor from 0 to {@link #MOST}
   */
  public void brightness(double factor) {
    steps.add(new Step.Linear(factor(factor), 0, 0, 0, 0, 0));
  }

  /**
   * Moves all levels from the image's mean grey (factor above 1) or towards it (below).
   *
   * @param factor from 0 to {@link #MOST}
   */
  public void contrast(double factor) {
    steps.add(new Step.Linear(factor(factor), 0, FACTOR_ONE - factor(factor), 0, 0, 0));
  }

  /**
   * Moves all levels from the pixel's own grey (factor above 1) or towards it (below).
   *
   * @param factor from 0 to {@link #MOST}
   */
  public void saturation(double factor) {
    steps.add(new Step.Linear(factor(factor), FACTOR_ONE - factor(factor), 0, 0, 0, 0));
  }

  /**
   * Turns the hue; the largest and the smallest of a pixel's levels stay what they are.
   *
   * @param turn in turns of the color circle, from -0.5 to 0.5: red, yellow, green, cyan, blue,
   *     magenta
   */
  public void hue(double turn) {
    if (!(turn >= -0.5 && turn <= 0.5)) {
      throw new IllegalArgumentException("a hue's turn must be from -0.5 to 0.5, found " + turn);
    }
    steps.add(new Step.Hue((int) Math.rint((turn < 0 ? turn + 1 : turn) * CIRCLE)));
  }

  /** Adds levels to each channel, as many as there may be. */
  public void shift(double toRed, double toGreen, double toBlue) {
    steps.add(new Step.Linear(FACTOR_ONE, 0, 0, level(toRed), level(toGreen), level(toBlue)));
  }

  private static int factor(double factor) {
    if (!(factor >= 0 && factor <= MOST)) {
      throw new IllegalArgumentException(
          "a factor must be from 0 to %s, found %s".formatted(MOST, factor));
    }
    return (int) Math.rint(factor * FACTOR_ONE);
  }

  private static int level(double level) {
    return (int) Math.rint(Math.clamp(level, -255, 255) * (1 << POINT));
  }

  /** Makes all changes, in the order in which they were added. */
  public void apply(Canvas canvas) {
    if (steps.isEmpty()) {
      return;
    }
    int size = canvas.height() * canvas.width();
    int mean = 0;
    for (int s = 0; s < steps.size(); s++) {
      if (steps.get(s) instanceof Step.Linear step && step.contrast != 0) {
        if (mean != 0) {
          throw new IllegalStateException("the contrast can be changed once");
        }
        mean = meanLuma(canvas.packed(), size, s);
      }
    }
    for (int from = 0; from < size; from += CHUNK) {
      int count = Math.min(CHUNK, size - from);
      unpack(canvas.packed(), from, count);
      change(count, steps.size(), mean);
      pack(canvas.packed(), from, count);
    }
  }

  // The mean of what the first steps give.
  private int meanLuma(int[] packed, int size, int first) {
    long sum = 0;
    for (int from = 0; from < size; from += CHUNK) {
      int count = Math.min(CHUNK, size - from);
      unpack(packed, from, count);
      change(count, first, 0);
      sum += luma(count);
    }
    return (int) ((sum + size / 2) / size);
  }

  private void change(int count, int first, int mean) {
    for (int s = 0; s < first; s++) {
      switch (steps.get(s)) {
        case Step.Linear step when step.grey != 0 -> saturate(count, step.factor, step.grey);
        case Step.Linear step -> {
          int shift = step.contrast * mean + FACTOR_HALF;
          scale(red, count, step.factor, shift + (step.red << FACTOR_BITS));
          scale(green, count, step.factor, shift + (step.green << FACTOR_BITS));
          scale(blue, count, step.factor, shift + (step.blue << FACTOR_BITS));
        }
        case Step.Hue step -> turn(count, step.turn);
      }
    }
  }

  // In HSV only the hue changes: where on the circle a pixel lies, in sixths from red, is told by
  // the middle one of its levels; each channel is then the largest level, less the spread by as
  // much
  // as the channel is away from its own third of the circle (Smith 1978).
  private void turn(int count, int turn) {
    for (int i = 0; i < count; i += INTS.length()) {
      IntVector reds = IntVector.fromArray(INTS, red, i);
      IntVector greens = IntVector.fromArray(INTS, green, i);
      IntVector blues = IntVector.fromArray(INTS, blue, i);
      IntVector most = reds.max(greens).max(blues);
      IntVector spread = most.sub(reds.min(greens).min(blues));
      VectorMask<Integer> isRed = most.compare(EQ, reds);
      VectorMask<Integer> isGreen = most.compare(EQ, greens);
      IntVector apart =
          reds.sub(greens).blend(blues.sub(reds), isGreen).blend(greens.sub(blues), isRed);
      IntVector third =
          IntVector.broadcast(INTS, 4 * SIXTH).blend(2 * SIXTH, isGreen).blend(0, isRed);
      // Of grey, whose spread is none, nothing is taken below: any hue will do.
      IntVector hue =
          ((FloatVector) apart.convert(I2F, 0))
              .mul((float) SIXTH)
              .div((FloatVector) spread.max(1).convert(I2F, 0))
              .convert(F2I, 0)
              .reinterpretAsInts()
              .add(third)
              .add(turn);
      // From -1 to 11 sixths; the channels' own are 5, 3 and 1 ahead, and the circle has six.
      IntVector ofRed = hue.add(5 * SIXTH);
      IntVector ofGreen = hue.add(3 * SIXTH);
      IntVector ofBlue = hue.add(SIXTH);
      ofRed = ofRed.sub(CIRCLE, ofRed.compare(GE, CIRCLE));
      ofGreen = ofGreen.sub(CIRCLE, ofGreen.compare(GE, CIRCLE));
      ofBlue = ofBlue.sub(CIRCLE, ofBlue.compare(GE, CIRCLE));
      ofRed = ofRed.sub(CIRCLE, ofRed.compare(GE, CIRCLE));
      ofGreen = ofGreen.sub(CIRCLE, ofGreen.compare(GE, CIRCLE));
      ofBlue = ofBlue.sub(CIRCLE, ofBlue.compare(GE, CIRCLE));
      IntVector far = IntVector.broadcast(INTS, 4 * SIXTH);
      most.sub(
              spread
                  .mul(ofRed.min(far.sub(ofRed)).max(0).min(SIXTH))
                  .add(SIXTH / 2)
                  .lanewise(ASHR, SIXTH_BITS))
          .intoArray(red, i);
      most.sub(
              spread
                  .mul(ofGreen.min(far.sub(ofGreen)).max(0).min(SIXTH))
                  .add(SIXTH / 2)
                  .lanewise(ASHR, SIXTH_BITS))
          .intoArray(green, i);
      most.sub(
              spread
                  .mul(ofBlue.min(far.sub(ofBlue)).max(0).min(SIXTH))
                  .add(SIXTH / 2)
                  .lanewise(ASHR, SIXTH_BITS))
          .intoArray(blue, i);
    }
  }

  private static void scale(int[] levels, int count, int factor, int shift) {
    for (int i = 0; i < count; i += INTS.length()) {
      IntVector.fromArray(INTS, levels, i)
          .mul(factor)
          .add(shift)
          .lanewise(ASHR, FACTOR_BITS)
          .max(0)
          .min(LARGEST)
          .intoArray(levels, i);
    }
  }

  private void saturate(int count, int factor, int grey) {
    for (int i = 0; i < count; i += INTS.length()) {
      IntVector reds = IntVector.fromArray(INTS, red, i);
      IntVector greens = IntVector.fromArray(INTS, green, i);
      IntVector blues = IntVector.fromArray(INTS, blue, i);
      IntVector greys =
          reds.mul(RED)
              .add(greens.mul(GREEN))
              .add(blues.mul(BLUE))
              .lanewise(LSHR, LUMA_BITS)
              .mul(grey)
              .add(FACTOR_HALF);
      reds.mul(factor).add(greys).lanewise(ASHR, FACTOR_BITS).max(0).min(LARGEST).intoArray(red, i);
      greens
          .mul(factor)
          .add(greys)
          .lanewise(ASHR, FACTOR_BITS)
          .max(0)
          .min(LARGEST)
          .intoArray(green, i);
      blues
          .mul(factor)
          .add(greys)
          .lanewise(ASHR, FACTOR_BITS)
          .max(0)
          .min(LARGEST)
          .intoArray(blue, i);
    }
  }

  private long luma(int count) {
    long sum = 0;
    int whole = count - count % INTS.length();
    IntVector sums = IntVector.zero(INTS);
    for (int i = 0; i < whole; i += INTS.length()) {
      sums =
          sums.add(
              IntVector.fromArray(INTS, red, i)
                  .mul(RED)
                  .add(IntVector.fromArray(INTS, green, i).mul(GREEN))
                  .add(IntVector.fromArray(INTS, blue, i).mul(BLUE))
                  .lanewise(LSHR, LUMA_BITS));
    }
    sum += sums.reduceLanesToLong(ADD);
    for (int i = whole; i < count; i++) {
      sum += (red[i] * RED + green[i] * GREEN + blue[i] * BLUE) >> LUMA_BITS;
    }
    return sum;
  }

  private void unpack(int[] packed, int from, int count) {
    for (int i = 0; i < count; i += INTS.length()) {
      IntVector pixels = IntVector.fromArray(INTS, packed, from + i);
      pixels.and(0xFF).lanewise(LSHL, POINT).intoArray(red, i);
      pixels.and(0xFF00).intoArray(green, i);
      pixels.lanewise(LSHR, 16).lanewise(LSHL, POINT).intoArray(blue, i);
    }
  }

  private void pack(int[] packed, int from, int count) {
    int half = 1 << (POINT - 1);
    for (int i = 0; i < count; i += INTS.length()) {
      IntVector.fromArray(INTS, red, i)
          .add(half)
          .lanewise(LSHR, POINT)
          .or(IntVector.fromArray(INTS, green, i).add(half).and(0xFF00))
          .or(IntVector.fromArray(INTS, blue, i).add(half).and(0xFF00).lanewise(LSHL, POINT))
          .intoArray(packed, from + i);
    }
  }
}
