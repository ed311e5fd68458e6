package dev.millrace.pipeline.metrics;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which records are meant, and which of their values.
 *
 * @param runs names of runs, empty for all
 * @param split null for both
 * @param values names of values, empty for all; records that have none of them are not meant
 */
public record MetricsFilter(Set<String> runs, @Nullable Split split, Set<String> values) {
  /** Copies the names. */
  public MetricsFilter {
    runs = Set.copyOf(runs);
    values = Set.copyOf(values);
  }

  /** Whether a record is meant. */
  public boolean test(TrainingMetric metric) {
    return (runs.isEmpty() || runs.contains(metric.getRun()))
        && (split == null || split == metric.getSplit())
        && (values.isEmpty() || metric.getValues().keySet().stream().anyMatch(values::contains));
  }

  /** The values that are meant, by name. */
  public SortedMap<String, Double> values(TrainingMetric metric) {
    SortedMap<String, Double> meant = new TreeMap<>(metric.getValues());
    if (!values.isEmpty()) {
      meant.keySet().retainAll(values);
    }
    return meant;
  }
}
