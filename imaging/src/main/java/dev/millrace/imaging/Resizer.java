package dev.millrace.imaging;

import static jdk.incubator.vector.VectorOperators.I2L;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.millrace.imaging.jpeg.Area;
import dev.millrace.imaging.jpeg.Planes;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Antialiased bilinear resizing, in fixed point: every pixel of the result is the mean of the
 * source pixels under a triangle. Only the pixels that are asked for are computed. Keeps its
 * memory; not for several threads.
 */
final class Resizer {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(INTS.length() * Short.SIZE));
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> HALF_INTS =
      VectorSpecies.of(int.class, VectorShape.forBitSize(LONGS.length() * Integer.SIZE));
  private static final int SLACK = 64;

  // Rows are mixed first. A pixel is then three times 10 bits, 2 of them behind the point, with 11
  // to spare in a long: so that one multiplication weighs all three channels.
  private static final int ROW_BITS = 14;
  private static final int COLUMN_BITS = 11;
  private static final int KEPT_BITS = 2;
  private static final int LANE = 8 + KEPT_BITS + COLUMN_BITS;
  private static final int ROW_SHIFT = ROW_BITS - KEPT_BITS;
  private static final int ROW_HALF = 1 << (ROW_SHIFT - 1);
  private static final int COLUMN_SHIFT = COLUMN_BITS + KEPT_BITS;
  private static final long COLUMN_HALF =
      (1L | 1L << LANE | 1L << (2 * LANE)) << (COLUMN_SHIFT - 1);
  private static final int GREEN_SHIFT = LANE + COLUMN_SHIFT - 8;
  private static final int BLUE_SHIFT = 2 * LANE + COLUMN_SHIFT - 16;

  private final Taps rows = new Taps(ROW_BITS);
  private final Taps columns = new Taps(COLUMN_BITS);
  private final int[][] mixedRows = new int[Pixels.CHANNELS][0];
  private int[] tapWeights = new int[0];
  private long[] mixed = new long[0];
  private int[] row = new int[0];
  private int[] indexes = new int[0];
  private int[] weights = new int[0];

  /** Prepares for a window, and makes room for it. */
  void prepare(Window window, Canvas canvas) {
    Area source = window.source();
    Crop crop = window.crop();
    rows.set(source.top(), source.height(), window.height(), crop.top(), crop.height());
    columns.set(source.left(), source.width(), window.width(), crop.left(), crop.width());
    canvas.resize(rows.size(), columns.size());
  }

  /** The pixels of the image that some rows of the window need. */
  Area area(int from, int to) {
    int begin = rows.first(from);
    int end = begin;
    for (int row = from; row < to; row++) {
      begin = Math.min(begin, rows.first(row));
      end = Math.max(end, Math.min(rows.end(), rows.first(row) + rows.count()));
    }
    return new Area(begin, columns.begin(), end - begin, columns.end() - columns.begin());
  }

  /**
   * Resizes some rows of the window that was prepared.
   *
   * @param planes with at least the pixels that they need
   * @param mirrored whether left and right are swapped
   */
  void resize(Planes planes, boolean mirrored, int from, int to, Canvas canvas) {
    int stride = planes.stride();
    if (mixed.length < stride + SLACK) {
      mixed = new long[stride + stride / 4 + SLACK];
      Arrays.setAll(mixedRows, _ -> new int[mixed.length]);
    }
    if (tapWeights.length < rows.count()) {
      tapWeights = new int[rows.count()];
    }
    index(planes, mirrored);
    if (rows.count() == 1 && columns.count() == 1) {
      copy(planes, from, to, canvas.packed());
      return;
    }
    for (int row = from; row < to; row++) {
      mixRows(planes, row);
      mixColumns(canvas.packed(), row * columns.size());
    }
  }

  // Where in a row the taps of each column are, in the order of the result, with their weights.
  private void index(Planes planes, boolean mirrored) {
    int count = columns.count();
    int size = columns.size() * count;
    if (indexes.length < size) {
      indexes = new int[size];
      weights = new int[size];
    }
    for (int column = 0; column < columns.size(); column++) {
      int from = mirrored ? columns.size() - 1 - column : column;
      for (int tap = 0; tap < count; tap++) {
        int source = Math.min(columns.first(from) + tap, columns.end() - 1);
        indexes[column * count + tap] = planes.index(source);
        weights[column * count + tap] = columns.weight(from, tap);
      }
    }
  }

  // Every pixel of the result is one of the source.
  private void copy(Planes planes, int begin, int end, int[] to) {
    short[] red = planes.channels()[0];
    short[] green = planes.channels()[1];
    short[] blue = planes.channels()[2];
    int stride = planes.stride();
    if (row.length < stride + SLACK) {
      row = new int[stride + SLACK];
    }
    int out = begin * columns.size();
    for (int y = begin; y < end; y++) {
      merge(red, green, blue, (rows.first(y) - planes.top()) * stride, stride);
      for (int x = 0; x < columns.size(); x++) {
        to[out++] = row[indexes[x]];
      }
    }
  }

  private void merge(short[] red, short[] green, short[] blue, int from, int count) {
    for (int i = 0; i < count; i += INTS.length()) {
      Vector<Integer> reds =
          ShortVector.fromArray(SHORTS, red, from + i).convertShape(S2I, INTS, 0);
      Vector<Integer> greens =
          ShortVector.fromArray(SHORTS, green, from + i).convertShape(S2I, INTS, 0);
      Vector<Integer> blues =
          ShortVector.fromArray(SHORTS, blue, from + i).convertShape(S2I, INTS, 0);
      ((IntVector) reds)
          .or(((IntVector) greens).lanewise(LSHL, 8))
          .or(((IntVector) blues).lanewise(LSHL, 16))
          .intoArray(row, i);
    }
  }

  private void mixRows(Planes planes, int y) {
    int stride = planes.stride();
    int first = (rows.first(y) - planes.top()) * stride;
    // Taps that weigh nothing may lie outside of the planes.
    int taps = rows.count();
    while (rows.weight(y, taps - 1) == 0) {
      taps--;
    }
    for (int tap = 0; tap < taps; tap++) {
      tapWeights[tap] = rows.weight(y, tap);
    }
    for (int channel = 0; channel < Pixels.CHANNELS; channel++) {
      mixRow(planes.channels()[channel], first, stride, taps, mixedRows[channel]);
    }
    pack(stride);
  }

  private void mixRow(short[] plane, int first, int stride, int taps, int[] to) {
    for (int i = 0; i < stride; i += INTS.length()) {
      IntVector sum = IntVector.broadcast(INTS, ROW_HALF);
      for (int tap = 0; tap < taps; tap++) {
        Vector<Integer> values =
            ShortVector.fromArray(SHORTS, plane, first + tap * stride + i)
                .convertShape(S2I, INTS, 0);
        sum = sum.add(((IntVector) values).mul(tapWeights[tap]));
      }
      sum.lanewise(LSHR, ROW_SHIFT).intoArray(to, i);
    }
  }

  // The channels of a pixel into one long.
  private void pack(int stride) {
    int[] red = mixedRows[0];
    int[] green = mixedRows[1];
    int[] blue = mixedRows[2];
    for (int i = 0; i < stride; i += LONGS.length()) {
      Vector<Long> reds = IntVector.fromArray(HALF_INTS, red, i).convertShape(I2L, LONGS, 0);
      Vector<Long> greens = IntVector.fromArray(HALF_INTS, green, i).convertShape(I2L, LONGS, 0);
      Vector<Long> blues = IntVector.fromArray(HALF_INTS, blue, i).convertShape(I2L, LONGS, 0);
      ((LongVector) reds)
          .or(((LongVector) greens).lanewise(LSHL, LANE))
          .or(((LongVector) blues).lanewise(LSHL, 2 * LANE))
          .intoArray(mixed, i);
    }
  }

  private void mixColumns(int[] to, int at) {
    switch (columns.count()) {
      case 1 -> one(to, at);
      case 2 -> two(to, at);
      case 3 -> three(to, at);
      default -> many(to, at);
    }
  }

  private void one(int[] to, int at) {
    for (int i = 0; i < columns.size(); i++) {
      to[at + i] = round(mixed[indexes[i]] * weights[i]);
    }
  }

  private void two(int[] to, int at) {
    for (int i = 0; i < columns.size(); i++) {
      long sum = mixed[indexes[2 * i]] * weights[2 * i];
      sum += mixed[indexes[2 * i + 1]] * weights[2 * i + 1];
      to[at + i] = round(sum);
    }
  }

  private void three(int[] to, int at) {
    for (int i = 0; i < columns.size(); i++) {
      long sum = mixed[indexes[3 * i]] * weights[3 * i];
      sum += mixed[indexes[3 * i + 1]] * weights[3 * i + 1];
      sum += mixed[indexes[3 * i + 2]] * weights[3 * i + 2];
      to[at + i] = round(sum);
    }
  }

  private void many(int[] to, int at) {
    int count = columns.count();
    for (int i = 0; i < columns.size(); i++) {
      long sum = 0;
      for (int tap = i * count; tap < (i + 1) * count; tap++) {
        sum += mixed[indexes[tap]] * weights[tap];
      }
      to[at + i] = round(sum);
    }
  }

  private static int round(long sum) {
    long rounded = sum + COLUMN_HALF;
    return ((int) (rounded >>> COLUMN_SHIFT) & 0xFF)
        | ((int) (rounded >>> GREEN_SHIFT) & 0xFF00)
        | ((int) (rounded >>> BLUE_SHIFT) & 0xFF0000);
  }
}
