package dev.millrace.dashboard.pictures;

import dev.millrace.imaging.Pixels;
import java.util.Arrays;

/**
 * Draws kernels side by side, each scaled to its own range and enlarged: figure 3 of Krizhevsky,
 * Sutskever and Hinton 2012.
 *
 * @param kernels what is drawn
 * @param columns how many columns the network has, 1 or 2: the second one's kernels are drawn below
 *     the first one's
 */
record KernelSheet(Kernels kernels, int columns) {
  /** Pixels between kernels, and around all of them. */
  static final int GAP = 4;

  private static final int COLUMNS_GAP = 12;
  private static final int SIDE = 44; // the paper's kernels of 11 x 11, four times
  private static final int FEW = 48;
  private static final byte GREY = (byte) 0x80;

  /** How many pixels, in each direction, a weight takes. */
  int scale() {
    return Math.max(1, SIDE / Math.max(kernels.height(), kernels.width()));
  }

  private int perRow() {
    return Math.min(ofColumn(), kernels.count() > FEW ? 16 : 8);
  }

  private int ofColumn() {
    return Math.ceilDiv(kernels.count(), columns);
  }

  private int rowsOfColumn() {
    return Math.ceilDiv(ofColumn(), perRow());
  }

  int height() {
    return GAP
        + columns * rowsOfColumn() * (kernels.height() * scale() + GAP)
        + (columns - 1) * COLUMNS_GAP;
  }

  int width() {
    return GAP + perRow() * (kernels.width() * scale() + GAP);
  }

  /** Draws it; at most 1,668 x 836 pixels. */
  Pixels pixels() {
    byte[] rgb = new byte[height() * width() * Pixels.CHANNELS];
    Arrays.fill(rgb, GREY);
    for (int kernel = 0; kernel < kernels.count(); kernel++) {
      int column = kernel / ofColumn();
      int place = kernel % ofColumn();
      int row = column * rowsOfColumn() + place / perRow();
      int top = GAP + row * (kernels.height() * scale() + GAP) + column * COLUMNS_GAP;
      int left = GAP + place % perRow() * (kernels.width() * scale() + GAP);
      draw(kernel, top, left, rgb);
    }
    return new Pixels(height(), width(), rgb);
  }

  private void draw(int kernel, int top, int left, byte[] rgb) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (int y = 0; y < kernels.height(); y++) {
      for (int x = 0; x < kernels.width(); x++) {
        for (int channel = 0; channel < Pixels.CHANNELS; channel++) {
          least = Math.min(least, kernels.weight(kernel, y, x, channel));
          most = Math.max(most, kernels.weight(kernel, y, x, channel));
        }
      }
    }
    double range = (double) most - least;
    int scale = scale();
    for (int y = 0; y < kernels.height() * scale; y++) {
      int to = ((top + y) * width() + left) * Pixels.CHANNELS;
      for (int x = 0; x < kernels.width() * scale; x++) {
        for (int channel = 0; channel < Pixels.CHANNELS; channel++) {
          double above = (double) kernels.weight(kernel, y / scale, x / scale, channel) - least;
          rgb[to++] = range == 0 ? GREY : (byte) Math.round(above / range * 255);
        }
      }
    }
  }
}
