package dev.millrace.pipeline.metrics;

import dev.millrace.schemas.TrainingMetric;
import java.io.IOException;
import java.util.Locale;
import java.util.SortedMap;

/** Writes metrics as text, a line each. */
public interface MetricsLines {
  /** Writes what stands above the lines. */
  void begin() throws IOException;

  /**
   * Writes one line.
   *
   * @param values those that are meant
   */
  void line(TrainingMetric metric, SortedMap<String, Double> values) throws IOException;

  /** A split as it is written. */
  static String split(TrainingMetric metric) {
    return metric.getSplit().name().toLowerCase(Locale.ROOT);
  }
}
