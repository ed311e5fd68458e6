package dev.millrace.trainer.flow;

import java.util.Map;

/**
 * What there is to say of the stream just now.
 *
 * @param values by the names that metrics have; those that are not known are left out
 * @param verdict whether training waits
 */
public record FlowReport(Map<String, Double> values, Verdict verdict) {
  /** Copies the map. */
  public FlowReport {
    values = Map.copyOf(values);
  }
}
