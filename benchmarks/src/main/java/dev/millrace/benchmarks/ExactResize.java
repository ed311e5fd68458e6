package dev.millrace.benchmarks;

import dev.millrace.imaging.Pixels;
import java.util.Arrays;

/**
 * Antialiased bilinear resizing in double precision, one pixel after another: the definition that
 * the fast one is held against. A resized pixel is the mean of the source's, weighted by a triangle
 * as wide as two pixels of the coarser of both grids.
 */
final class ExactResize {
  private ExactResize() {}

  /** Resizes the shorter side to a length and takes the central square of another. */
  static byte[] centre(Pixels source, int shorterSide, int square) {
    double scale = Math.min(source.height(), source.width()) / (double) shorterSide;
    int height = (int) Math.round(source.height() / scale);
    int width = (int) Math.round(source.width() / scale);
    double[][] rows = weights(source.height(), height, (height - square) / 2, square);
    double[][] columns = weights(source.width(), width, (width - square) / 2, square);
    byte[] rgb = new byte[square * square * Pixels.CHANNELS];
    double[] row = new double[source.width() * Pixels.CHANNELS];
    for (int y = 0; y < square; y++) {
      Arrays.fill(row, 0);
      for (int sy = 0; sy < source.height(); sy++) {
        for (int i = 0; rows[y][sy] > 0 && i < row.length; i++) {
          row[i] += rows[y][sy] * (source.rgb()[sy * row.length + i] & 0xFF);
        }
      }
      for (int i = 0; i < square * Pixels.CHANNELS; i++) {
        double sum = 0;
        for (int sx = 0; sx < source.width(); sx++) {
          sum += columns[i / 3][sx] * row[sx * Pixels.CHANNELS + i % 3];
        }
        rgb[y * square * Pixels.CHANNELS + i] = (byte) Math.rint(sum);
      }
    }
    return rgb;
  }

  private static double[][] weights(int source, int resized, int first, int count) {
    double scale = (double) source / resized;
    double support = Math.max(1, scale);
    double[][] weights = new double[count][source];
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (int j = 0; j < source; j++) {
        double distance = j + 0.5 - (first + i + 0.5) * scale;
        weights[i][j] = Math.max(0, 1 - Math.abs(distance / support));
        sum += weights[i][j];
      }
      for (int j = 0; j < source; j++) {
        weights[i][j] /= sum;
      }
    }
    return weights;
  }
}
