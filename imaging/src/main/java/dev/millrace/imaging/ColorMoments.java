package dev.millrace.imaging;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Adds up the colors of images for their {@link ColorStatistics}. The sums are whole numbers, so
 * that the order of the images does not matter. Not for several threads.
 */
public final class ColorMoments {
  private static final int CHANNELS = Pixels.CHANNELS;
  private static final double LEVELS = 255;
  private static final int MOST_SWEEPS = 50;

  private long pixels;
  private final long[] sums = new long[CHANNELS];
  private final long[][] products = new long[CHANNELS][CHANNELS];

  /** Nothing added yet. */
  public ColorMoments() {}

  /** Adds all pixels of an image: of 2^47 pixels at most, sums do not overflow. */
  public void add(Canvas canvas) {
    int size = canvas.height() * canvas.width();
    int[] packed = canvas.packed();
    // 33,000 products fit into an int: sums of rows that are not longer are added to the long ones.
    for (int from = 0; from < size; from += 1 << 14) {
      int to = Math.min(size, from + (1 << 14));
      int[] part = new int[9];
      for (int i = from; i < to; i++) {
        int red = packed[i] & 0xFF;
        int green = (packed[i] >> 8) & 0xFF;
        int blue = (packed[i] >> 16) & 0xFF;
        part[0] += red;
        part[1] += green;
        part[2] += blue;
        part[3] += red * red;
        part[4] += red * green;
        part[5] += red * blue;
        part[6] += green * green;
        part[7] += green * blue;
        part[8] += blue * blue;
      }
      int next = CHANNELS;
      for (int a = 0; a < CHANNELS; a++) {
        sums[a] += part[a];
        for (int b = a; b < CHANNELS; b++) {
          products[a][b] += part[next++];
        }
      }
    }
    pixels += size;
  }

  /** Number of pixels added. */
  public long pixels() {
    return pixels;
  }

  /**
   * What was added comes to.
   *
   * @throws IllegalStateException if all pixels are alike in a channel, or there are none
   */
  public ColorStatistics statistics() {
    double[][] covariance = covariance();
    for (int c = 0; c < CHANNELS; c++) {
      if (!(covariance[c][c] > 0)) {
        throw new IllegalStateException(
            "of %d pixels all are alike in a channel: there are no statistics".formatted(pixels));
      }
    }
    List<Double> mean = new ArrayList<>();
    List<Double> deviation = new ArrayList<>();
    for (int c = 0; c < CHANNELS; c++) {
      mean.add((double) sums[c] / pixels / LEVELS);
      deviation.add(Math.sqrt(covariance[c][c]));
    }
    double[][] vectors = diagonalize(covariance);
    List<Integer> order =
        IntStream.range(0, CHANNELS)
            .boxed()
            .sorted(Comparator.comparingDouble(c -> -covariance[c][c]))
            .toList();
    return new ColorStatistics(
        mean,
        deviation,
        order.stream().map(c -> Math.max(0, covariance[c][c])).toList(),
        order.stream().map(c -> column(vectors, c)).toList());
  }

  private double[][] covariance() {
    double[][] covariance = new double[CHANNELS][CHANNELS];
    for (int a = 0; a < CHANNELS; a++) {
      for (int b = a; b < CHANNELS; b++) {
        double mean = (double) products[a][b] / pixels;
        double ofMeans = ((double) sums[a] / pixels) * ((double) sums[b] / pixels);
        covariance[a][b] = (mean - ofMeans) / (LEVELS * LEVELS);
        covariance[b][a] = covariance[a][b];
      }
    }
    return covariance;
  }

  /**
   * Turns a symmetric matrix into the diagonal one of its eigenvalues, by Jacobi's rotations.
   *
   * @return the eigenvectors, as columns
   */
  private static double[][] diagonalize(double[][] matrix) {
    double[][] vectors = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      for (int a = 0; a < CHANNELS; a++) {
        for (int b = a + 1; b < CHANNELS; b++) {
          if (matrix[a][b] != 0) {
            rotate(matrix, vectors, a, b);
          }
        }
      }
    }
    return vectors;
  }

  // The angle that makes the element at a, b zero.
  private static void rotate(double[][] matrix, double[][] vectors, int a, int b) {
    double theta = (matrix[b][b] - matrix[a][a]) / (2 * matrix[a][b]);
    double tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double cosine = 1 / Math.sqrt(tangent * tangent + 1);
    double sine = tangent * cosine;
    for (int i = 0; i < CHANNELS; i++) {
      mix(matrix[i], a, b, cosine, sine);
      mix(vectors[i], a, b, cosine, sine);
    }
    for (int i = 0; i < CHANNELS; i++) {
      double ofA = matrix[a][i];
      double ofB = matrix[b][i];
      matrix[a][i] = cosine * ofA - sine * ofB;
      matrix[b][i] = sine * ofA + cosine * ofB;
    }
    matrix[a][b] = 0;
    matrix[b][a] = 0;
  }

  private static void mix(double[] row, int a, int b, double cosine, double sine) {
    double ofA = row[a];
    double ofB = row[b];
    row[a] = cosine * ofA - sine * ofB;
    row[b] = sine * ofA + cosine * ofB;
  }

  private static List<Double> column(double[][] matrix, int column) {
    return List.of(matrix[0][column], matrix[1][column], matrix[2][column]);
  }
}
