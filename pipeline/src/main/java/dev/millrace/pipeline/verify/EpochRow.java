package dev.millrace.pipeline.verify;

import java.util.List;

/**
 * What became of an epoch, or of several on end that were all deleted.
 *
 * @param first the epoch, from 0
 * @param last the same, or the last of several
 * @param sizeKnown whether it is known how many images were deleted; if not, they are not counted
 * @param partitions by partition
 */
public record EpochRow(int first, int last, boolean sizeKnown, List<EpochCounts> partitions) {
  /** Copies the list. */
  public EpochRow {
    partitions = List.copyOf(partitions);
  }

  /** All partitions together. */
  public EpochCounts total() {
    return partitions.stream().reduce(EpochCounts.NONE, EpochCounts::plus);
  }
}
