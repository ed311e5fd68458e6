package dev.millrace.augmenter;

/**
 * Bounds the loss: stops the augmenter when too many of the latest images are dead letters. Looks
 * at 100 images at least and at the latest 500 to 1000 in the long run, so that a dataset that goes
 * bad after a million good images is noticed, too. Safe for use by several threads.
 */
final class DeadLetterLimit {
  private static final int LEAST = 100;
  private static final int MOST = 1000;

  private final double maxShare;
  private int images;
  private int deadLetters;

  DeadLetterLimit(double maxShare) {
    this.maxShare = maxShare;
  }

  /** Takes note of an image that became a tensor. */
  synchronized void tensor() {
    count();
  }

  /**
   * Takes note of a dead letter.
   *
   * @param text what failed and why, for the message
   * @throws AugmenterFailedException if their share is above the limit
   */
  synchronized void deadLetter(String text) {
    deadLetters++;
    count();
    if (images >= LEAST && deadLetters > maxShare * images) {
      throw new AugmenterFailedException(
          ("Cannot go on augmenting: at most a share of %s of the images may be dead letters"
                  + " (max-dead-letter-share), found %d of the latest %d; the latest: %s. Mend the"
                  + " dataset, or raise max-dead-letter-share")
              .formatted(maxShare, deadLetters, images, text));
    }
  }

  private void count() {
    images++;
    if (images >= MOST) {
      images /= 2;
      deadLetters /= 2;
    }
  }
}
