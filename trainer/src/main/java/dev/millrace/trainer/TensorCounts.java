package dev.millrace.trainer;

/**
 * What was passed over in a tensors topic.
 *
 * @param missing sequences that no tensor came for: dead letters of earlier services
 * @param rejected tensors that did not fit the run and were written to the dead letters here
 * @param rejectedDigest the sum of their {@link ImageDigest}
 * @param unplaced records that were none of the order's tensors and were written to the dead
 *     letters here: unreadable ones, whose sequences count as missing, and repeated ones
 */
record TensorCounts(long missing, long rejected, long rejectedDigest, long unplaced) {
  static final TensorCounts NONE = new TensorCounts(0, 0, 0, 0);

  static TensorCounts ofMissing() {
    return new TensorCounts(1, 0, 0, 0);
  }

  static TensorCounts ofRejected(int epoch, long sequence) {
    return new TensorCounts(0, 1, ImageDigest.of(epoch, sequence), 0);
  }

  static TensorCounts ofUnplaced() {
    return new TensorCounts(0, 0, 0, 1);
  }

  /** Tensors and other records that were written to the dead letters here. */
  long deadLetters() {
    return rejected + unplaced;
  }

  TensorCounts plus(TensorCounts other) {
    return new TensorCounts(
        missing + other.missing,
        rejected + other.rejected,
        rejectedDigest + other.rejectedDigest,
        unplaced + other.unplaced);
  }

  TensorCounts minus(TensorCounts other) {
    return new TensorCounts(
        missing - other.missing,
        rejected - other.rejected,
        rejectedDigest - other.rejectedDigest,
        unplaced - other.unplaced);
  }
}
