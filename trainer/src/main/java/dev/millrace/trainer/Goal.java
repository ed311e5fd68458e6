package dev.millrace.trainer;

/**
 * When a run has trained enough: whichever comes first.
 *
 * @param epochs epochs to train for; 0 sets no such limit
 * @param steps steps to train for; 0 sets no such limit
 */
record Goal(int epochs, long steps) {
  /** Whether it is reached after so many steps, when the next image is of that epoch. */
  boolean reached(long step, int epoch) {
    return (epochs > 0 && epoch >= epochs) || (steps > 0 && step >= steps);
  }

  /**
   * Steps at which it will be reached.
   *
   * @param epochImages images in an epoch, or -1 where not known yet
   * @return -1 where not known
   */
  long totalSteps(long epochImages, int minibatchSize) {
    long byEpochs =
        epochs == 0 || epochImages < 0
            ? Long.MAX_VALUE
            : epochs * Math.ceilDiv(epochImages, minibatchSize);
    long total = Math.min(byEpochs, steps == 0 ? Long.MAX_VALUE : steps);
    return total == Long.MAX_VALUE ? -1 : total;
  }
}
