package dev.millrace.benchmarks;

import java.util.Arrays;

/**
 * How well the labels of a sequence of images are mixed.
 *
 * @param sameLabel how often two images that are 1 to 64 places apart have one label, in multiples
 *     of what chance gives; 1 is a perfect mix
 * @param classes number of classes among 128 images that follow each other, in the mean
 */
record LabelMix(double sameLabel, double classes) {
  private static final int LAGS = 64;
  private static final int MINIBATCH = 128;

  /**
   * Measures labels.
   *
   * @param labels class indexes by sequence, more than 128
   * @param classes number of classes
   */
  static LabelMix of(int[] labels, int classes) {
    long[] counts = new long[classes];
    Arrays.stream(labels).forEach(label -> counts[label]++);
    double pairs = (double) labels.length * (labels.length - 1);
    double chance = Arrays.stream(counts).mapToDouble(n -> n * (n - 1) / pairs).sum();
    double same = 0;
    for (int lag = 1; lag <= LAGS; lag++) {
      long equal = 0;
      for (int i = 0; i + lag < labels.length; i++) {
        equal += labels[i] == labels[i + lag] ? 1 : 0;
      }
      same += (double) equal / (labels.length - lag);
    }
    return new LabelMix(same / LAGS / chance, meanClasses(labels, classes));
  }

  private static double meanClasses(int[] labels, int classes) {
    int minibatches = labels.length / MINIBATCH;
    long found = 0;
    for (int m = 0; m < minibatches; m++) {
      boolean[] seen = new boolean[classes];
      for (int i = m * MINIBATCH; i < (m + 1) * MINIBATCH; i++) {
        found += seen[labels[i]] ? 0 : 1;
        seen[labels[i]] = true;
      }
    }
    return (double) found / minibatches;
  }
}
