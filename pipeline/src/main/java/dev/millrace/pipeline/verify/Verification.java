package dev.millrace.pipeline.verify;

import java.util.List;

/**
 * The outcome of a check.
 *
 * @param splits what became of each split
 * @param runs what each training run made of the images, by name
 * @param findings the first faults found, in words
 * @param faults how many faults were found
 * @param unsettled partitions that ended in an open transaction, so that what may be hidden there
 *     counts as waiting
 */
public record Verification(
    List<SplitReport> splits,
    List<RunReport> runs,
    List<String> findings,
    long faults,
    List<String> unsettled) {
  /** Copies the lists. */
  public Verification {
    splits = List.copyOf(splits);
    runs = List.copyOf(runs);
    findings = List.copyOf(findings);
    unsettled = List.copyOf(unsettled);
  }

  /** Whether nothing is lost, doubled or out of its place. */
  public boolean reconciles() {
    return faults == 0;
  }

  /** All splits and epochs together. */
  public EpochCounts total() {
    return splits.stream()
        .flatMap(split -> split.epochs().stream())
        .map(EpochRow::total)
        .reduce(EpochCounts.NONE, EpochCounts::plus);
  }
}
