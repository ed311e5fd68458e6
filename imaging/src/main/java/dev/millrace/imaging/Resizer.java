package dev.millrace.imaging;

import static jdk.incubator.vector.VectorOperators.I2L;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.S2I;

import dev.millrace.imaging.jpeg.Area;
import dev.millrace.imaging.jpeg.Planes;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
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
  private long[] mixed = new long[0];
  private int[] row = new int[0];
  private int[] indexes = new int[0];
  private int[] weights = new int[0];

  /**
   * Prepares for a window.
   *
   * @return the pixels of the image that it needs
   */
  Area prepare(Window window) {
    Area source = window.source();
    Crop crop = window.crop();
    rows.set(source.top(), source.height(), window.height(), crop.top(), crop.height());
    columns.set(source.left(), source.width(), window.width(), crop.left(), crop.width());
    return new Area(
        rows.begin(), columns.begin(), rows.end() - rows.begin(), columns.end() - columns.begin());
  }

  /**
   * Resizes to the window that was prepared.
   *
   * @param planes with at least the pixels that it needs
   * @param mirrored whether left and right are swapped
   */
  void resize(Planes planes, boolean mirrored, Canvas canvas) {
    canvas.resize(rows.size(), columns.size());
    int stride = planes.stride();
    if (mixed.length < stride + SLACK) {
      mixed = new long[stride + stride / 4 + SLACK];
    }
    index(planes, mirrored);
    if (rows.count() == 1 && columns.count() == 1) {
      copy(planes, canvas.packed());
      return;
    }
    for (int row = 0; row < rows.size(); row++) {
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
  private void copy(Planes planes, int[] to) {
    short[] red = planes.channels()[0];
    short[] green = planes.channels()[1];
    short[] blue = planes.channels()[2];
    int stride = planes.stride();
    if (row.length < stride + SLACK) {
      row = new int[stride + SLACK];
    }
    int out = 0;
    for (int y = 0; y < rows.size(); y++) {
      int from = (rows.first(y) - planes.top()) * stride;
      for (int i = 0; i < stride; i += INTS.length()) {
        load(red, from + i)
            .or(load(green, from + i).lanewise(LSHL, 8))
            .or(load(blue, from + i).lanewise(LSHL, 16))
            .intoArray(row, i);
      }
      for (int x = 0; x < columns.size(); x++) {
        to[out++] = row[indexes[x]];
      }
    }
  }

  private void mixRows(Planes planes, int row) {
    short[] red = planes.channels()[0];
    short[] green = planes.channels()[1];
    short[] blue = planes.channels()[2];
    int stride = planes.stride();
    int first = (rows.first(row) - planes.top()) * stride;
    // Taps that weigh nothing may lie outside of the planes.
    int taps = rows.count();
    while (rows.weight(row, taps - 1) == 0) {
      taps--;
    }
    for (int i = 0; i < stride; i += INTS.length()) {
      IntVector reds = IntVector.broadcast(INTS, ROW_HALF);
      IntVector greens = reds;
      IntVector blues = reds;
      for (int tap = 0; tap < taps; tap++) {
        int at = first + tap * stride + i;
        int weight = rows.weight(row, tap);
        reds = reds.add(load(red, at).mul(weight));
        greens = greens.add(load(green, at).mul(weight));
        blues = blues.add(load(blue, at).mul(weight));
      }
      reds = reds.lanewise(LSHR, ROW_SHIFT);
      greens = greens.lanewise(LSHR, ROW_SHIFT);
      blues = blues.lanewise(LSHR, ROW_SHIFT);
      pack(reds, greens, blues, 0).intoArray(mixed, i);
      pack(reds, greens, blues, 1).intoArray(mixed, i + LONGS.length());
    }
  }

  private static LongVector pack(IntVector red, IntVector green, IntVector blue, int part) {
    return longs(red, part)
        .or(longs(green, part).lanewise(LSHL, LANE))
        .or(longs(blue, part).lanewise(LSHL, 2 * LANE));
  }

  private static LongVector longs(IntVector ints, int part) {
    return (LongVector) ints.convertShape(I2L, LONGS, part);
  }

  private static IntVector load(short[] from, int at) {
    return (IntVector) ShortVector.fromArray(SHORTS, from, at).convertShape(S2I, INTS, 0);
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
