package dev.millrace.imaging;

import java.util.Arrays;

/**
 * Antialiased bilinear resizing: every pixel of the result is the mean of the source pixels under a
 * triangle that is two result pixels wide (two source pixels when enlarging), in fixed point. Only
 * the pixels that are asked for are computed.
 */
public final class Resize {
  private static final int WEIGHT_BITS = 14;
  private static final int ONE = 1 << WEIGHT_BITS;

  // Between the passes a channel keeps 6 bits behind the point: 8 + 14 - 8 = 14 bits.
  private static final int KEPT_SHIFT = 8;
  private static final int FINAL_SHIFT = WEIGHT_BITS + WEIGHT_BITS - KEPT_SHIFT;

  private Resize() {}

  /**
   * Resizes so that the shorter side gets a length, takes the central square, and from it a crop:
   * section 2 and 4.1 of Krizhevsky, Sutskever and Hinton 2012.
   *
   * @param source left as it is
   * @param shorterSide length of the resized image's shorter side, in pixels, at least 1; the
   *     longer side keeps the proportion, rounded to whole pixels
   * @param centre length of the central square's sides, in pixels, at most {@code shorterSide}
   * @param crop the part of that square that is wanted
   * @return the crop's pixels, in an array of the caller's own
   * @throws IllegalArgumentException if the square or the crop reaches out of the image
   */
  public static Pixels shorterSide(Pixels source, int shorterSide, int centre, Crop crop) {
    if (centre > shorterSide
        || crop.top() + crop.height() > centre
        || crop.left() + crop.width() > centre) {
      throw new IllegalArgumentException(
          "a crop must lie in the central square of %d, and that in %d pixels, found %s"
              .formatted(centre, shorterSide, crop));
    }
    int shorter = Math.min(source.height(), source.width());
    int height = scaled(source.height(), shorterSide, shorter);
    int width = scaled(source.width(), shorterSide, shorter);
    return window(
        source,
        height,
        width,
        new Crop(
            (height - centre) / 2 + crop.top(),
            (width - centre) / 2 + crop.left(),
            crop.height(),
            crop.width()));
  }

  private static int scaled(int length, int shorterSide, int shorter) {
    long scaled = Math.round((double) length * shorterSide / shorter);
    if (scaled > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException(
          "an image of %d times its shorter side is too long to be resized"
              .formatted(length / shorter));
    }
    return (int) scaled;
  }

  // The window of the source resized to height x width. Rows are mixed first, over the columns that
  // the window needs, then the columns of that one row: nothing larger than a row is kept.
  private static Pixels window(Pixels source, int height, int width, Crop window) {
    Taps rows = Taps.of(source.height(), height, window.top(), window.height());
    Taps columns = Taps.of(source.width(), width, window.left(), window.width());
    int firstColumn = columns.first(0);
    int usedColumns = columns.end(window.width() - 1) - firstColumn;
    int[] mixed = new int[usedColumns * Pixels.CHANNELS];
    byte[] rgb = new byte[window.height() * window.width() * Pixels.CHANNELS];
    for (int row = 0; row < window.height(); row++) {
      mixRows(source, rows, row, firstColumn, mixed);
      mixColumns(mixed, columns, firstColumn, rgb, row * window.width() * Pixels.CHANNELS);
    }
    return new Pixels(window.height(), window.width(), rgb);
  }

  private static void mixRows(Pixels source, Taps rows, int row, int firstColumn, int[] mixed) {
    byte[] rgb = source.rgb();
    Arrays.fill(mixed, 1 << (KEPT_SHIFT - 1));
    for (int tap = 0; tap < rows.count(row); tap++) {
      int weight = rows.weight(row, tap);
      int start = ((rows.first(row) + tap) * source.width() + firstColumn) * Pixels.CHANNELS;
      for (int i = 0; i < mixed.length; i++) {
        mixed[i] += weight * (rgb[start + i] & 0xFF);
      }
    }
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] >>= KEPT_SHIFT;
    }
  }

  private static void mixColumns(int[] mixed, Taps columns, int firstColumn, byte[] rgb, int to) {
    int half = 1 << (FINAL_SHIFT - 1);
    int out = to;
    for (int column = 0; column < columns.size(); column++) {
      int red = half;
      int green = half;
      int blue = half;
      int in = (columns.first(column) - firstColumn) * Pixels.CHANNELS;
      for (int tap = 0; tap < columns.count(column); tap++) {
        int weight = columns.weight(column, tap);
        red += weight * mixed[in];
        green += weight * mixed[in + 1];
        blue += weight * mixed[in + 2];
        in += Pixels.CHANNELS;
      }
      rgb[out] = (byte) (red >> FINAL_SHIFT);
      rgb[out + 1] = (byte) (green >> FINAL_SHIFT);
      rgb[out + 2] = (byte) (blue >> FINAL_SHIFT);
      out += Pixels.CHANNELS;
    }
  }

  /** Which source pixels each pixel of the result takes, along one axis, and how much of each. */
  private static final class Taps {
    private final int[] first;
    private final int[] count;
    private final int[] weights;
    private final int most;

    private Taps(int size, int most) {
      this.first = new int[size];
      this.count = new int[size];
      this.weights = new int[size * most];
      this.most = most;
    }

    static Taps of(int source, int resized, int start, int size) {
      double scale = (double) source / resized;
      double support = Math.max(1, scale);
      int most = Math.min(source, 2 * (int) Math.ceil(support) + 1);
      Taps taps = new Taps(size, most);
      double[] exact = new double[most];
      for (int i = 0; i < size; i++) {
        taps.set(i, (start + i + 0.5) * scale, support, source, exact);
      }
      return taps;
    }

    private void set(int i, double centre, double support, int source, double[] exact) {
      int from = (int) Math.max(0, Math.floor(centre - support + 0.5));
      int to = (int) Math.min(source, Math.floor(centre + support + 0.5));
      double sum = 0;
      for (int j = from; j < to; j++) {
        exact[j - from] = Math.max(0, 1 - Math.abs(j + 0.5 - centre) / support);
        sum += exact[j - from];
      }
      first[i] = from;
      count[i] = to - from;
      int left = ONE;
      int largest = 0;
      for (int t = 0; t < count[i]; t++) {
        int weight = (int) Math.rint(exact[t] / sum * ONE);
        weights[i * most + t] = weight;
        left -= weight;
        largest = exact[t] > exact[largest] ? t : largest;
      }
      weights[i * most + largest] += left; // what rounding lost: the weights' sum is exactly one
    }

    int size() {
      return first.length;
    }

    int first(int i) {
      return first[i];
    }

    int end(int i) {
      return first[i] + count[i];
    }

    int count(int i) {
      return count[i];
    }

    int weight(int i, int tap) {
      return weights[i * most + tap];
    }
  }
}
