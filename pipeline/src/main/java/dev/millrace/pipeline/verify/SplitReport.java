package dev.millrace.pipeline.verify;

import dev.millrace.schemas.Split;
import java.util.List;

/**
 * What became of a split.
 *
 * @param split which one
 * @param epochs in order, without those of which no record says anything
 * @param unreadable dead letters of records from which no sequence could be read
 */
public record SplitReport(Split split, List<EpochRow> epochs, long unreadable) {
  /** Copies the list. */
  public SplitReport {
    epochs = List.copyOf(epochs);
  }
}
