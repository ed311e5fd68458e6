package dev.millrace.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * How an error fell.
 *
 * @param name what is drawn
 * @param epochs passes over the training images, a point each
 * @param percent the error there
 */
record Curve(String name, List<Double> epochs, List<Double> percent) {
  Curve(String name) {
    this(name, new ArrayList<>(), new ArrayList<>());
  }

  /**
   * One more point.
   *
   * @param error a share, from 0 to 1
   */
  void add(double epoch, double error) {
    epochs.add(epoch);
    percent.add(100 * error);
  }
}
