package dev.millrace.trainer;

/**
 * What was passed over in a tensors topic.
 *
 * @param missing sequences that no tensor came for: dead letters of earlier services
 * @param rejected tensors that were written to the dead letters here
 */
record TensorCounts(long missing, long rejected) {
  static final TensorCounts NONE = new TensorCounts(0, 0);

  TensorCounts plus(TensorCounts other) {
    return new TensorCounts(missing + other.missing, rejected + other.rejected);
  }
}
