package dev.millrace.pipeline.verify;

/**
 * What became of the images of an epoch, or of a part of it: {@code published = tensors + colocated
 * + deadLetters + deleted + waiting + lost}.
 *
 * @param published sequences that were published, those included that the producer could not read
 * @param tensors sequences that have a tensor
 * @param colocated sequences without a tensor that trainers have augmented by themselves
 * @param deadLetters sequences that have no tensor and a dead letter
 * @param deleted sequences whose records were deleted, so that nothing tells what became of them
 * @param waiting sequences that are not augmented yet, or were when the reading began
 * @param lost sequences that have neither a tensor nor a dead letter and should have
 * @param doubled records too many: tensors or images that are there twice, and dead letters for
 *     what has another one or a tensor
 */
public record EpochCounts(
    long published,
    long tensors,
    long colocated,
    long deadLetters,
    long deleted,
    long waiting,
    long lost,
    long doubled) {
  /** Nothing published. */
  static final EpochCounts NONE = new EpochCounts(0, 0, 0, 0, 0, 0, 0, 0);

  /** Both together. */
  public EpochCounts plus(EpochCounts other) {
    return new EpochCounts(
        published + other.published,
        tensors + other.tensors,
        colocated + other.colocated,
        deadLetters + other.deadLetters,
        deleted + other.deleted,
        waiting + other.waiting,
        lost + other.lost,
        doubled + other.doubled);
  }

  /** That many times the same. */
  EpochCounts times(long n) {
    return new EpochCounts(
        n * published,
        n * tensors,
        n * colocated,
        n * deadLetters,
        n * deleted,
        n * waiting,
        n * lost,
        n * doubled);
  }
}
