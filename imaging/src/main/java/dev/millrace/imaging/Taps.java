package dev.millrace.imaging;

import java.util.Arrays;

/**
 * Which source pixels each pixel of a result takes along one axis, and how much of each: those
 * under a triangle that is two result pixels wide (two source pixels when enlarging). Keeps its
 * memory; not for several threads.
 */
final class Taps {
  private final int one;
  private int[] first = new int[0];
  private int[] weights = new int[0];
  private double[] exact = new double[0];
  private int size;
  private int count;
  private int begin;
  private int end;

  /**
   * Without any taps.
   *
   * @param bits bits of the weights: they add up to 2 to the power of this
   */
  Taps(int bits) {
    this.one = 1 << bits;
  }

  /**
   * Computes the taps.
   *
   * @param offset index of the source's first pixel
   * @param source pixels of the source
   * @param resized pixels of the whole result
   * @param start first pixel of the result that is wanted
   * @param wanted number of pixels wanted
   */
  void set(int offset, int source, int resized, int start, int wanted) {
    if (source == resized) {
      copy(offset + start, wanted);
      return;
    }
    double scale = (double) source / resized;
    double support = Math.max(1, scale);
    int most = Math.min(source, 2 * (int) Math.ceil(support) + 1);
    size = wanted;
    count = 1;
    if (first.length < wanted) {
      first = new int[wanted];
    }
    if (weights.length < Math.multiplyExact(wanted, most)) {
      weights = new int[wanted * most];
    }
    if (exact.length < most) {
      exact = new double[most];
    }
    Arrays.fill(weights, 0, wanted * most, 0);
    begin = Integer.MAX_VALUE;
    end = 0;
    for (int i = 0; i < wanted; i++) {
      pixel(i, (start + i + 0.5) * scale, support, source, most);
    }
    pack(most);
    for (int i = 0; i < wanted; i++) {
      // All have the same number of taps; the ones that are too many weigh nothing.
      first[i] += offset;
    }
    begin += offset;
    end += offset;
  }

  // Every pixel of the result is one of the source.
  private void copy(int from, int wanted) {
    size = wanted;
    count = 1;
    if (first.length < wanted) {
      first = new int[wanted];
    }
    if (weights.length < wanted) {
      weights = new int[wanted];
    }
    for (int i = 0; i < wanted; i++) {
      first[i] = from + i;
      weights[i] = one;
    }
    begin = from;
    end = from + wanted;
  }

  private void pixel(int i, double centre, double support, int source, int most) {
    int from = (int) Math.max(0, Math.floor(centre - support + 0.5));
    int to = (int) Math.min(source, Math.floor(centre + support + 0.5));
    double sum = 0;
    int used = 0;
    for (int j = from; j < to; j++) {
      double weight = Math.max(0, 1 - Math.abs(j + 0.5 - centre) / support);
      if (weight == 0 && used == 0) {
        from++;
        continue;
      }
      exact[used++] = weight;
      sum += weight;
    }
    while (exact[used - 1] == 0) {
      used--;
    }
    first[i] = from;
    int left = one;
    int largest = 0;
    for (int t = 0; t < used; t++) {
      int weight = (int) Math.rint(exact[t] / sum * one);
      weights[i * most + t] = weight;
      left -= weight;
      largest = exact[t] > exact[largest] ? t : largest;
    }
    weights[i * most + largest] += left; // what rounding lost: the weights' sum is exactly one
    count = Math.max(count, used);
    begin = Math.min(begin, from);
    end = Math.max(end, from + used);
  }

  // From `most` weights a pixel to `count`.
  private void pack(int most) {
    for (int i = 1; i < size && count < most; i++) {
      System.arraycopy(weights, i * most, weights, i * count, count);
    }
  }

  /** Pixels of the result. */
  int size() {
    return size;
  }

  /** Taps of a pixel; some may weigh nothing, and lie outside of the source then. */
  int count() {
    return count;
  }

  /** Index of a pixel's first source pixel. */
  int first(int i) {
    return first[i];
  }

  /** How much of a source pixel. */
  int weight(int i, int tap) {
    return weights[i * count + tap];
  }

  /** Index of the first source pixel that is used at all. */
  int begin() {
    return begin;
  }

  /** Index behind the last source pixel that is used at all. */
  int end() {
    return end;
  }
}
