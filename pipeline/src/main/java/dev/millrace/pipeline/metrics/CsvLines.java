package dev.millrace.pipeline.metrics;

import dev.millrace.schemas.TrainingMetric;
import java.io.IOException;
import java.io.Writer;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * Comma-separated values as in RFC 4180, but for line feeds alone at the ends of lines. The columns
 * are set once: time, run, split, step, epoch, a column a value, verdict. A value that a record
 * does not have is empty.
 */
public final class CsvLines implements MetricsLines {
  private static final List<String> FRONT = List.of("time", "run", "split", "step", "epoch");
  private static final int MOST_TOLD = 1000;

  private final Writer out;
  private final List<String> columns;
  private final Consumer<String> leftOut;
  private final Set<String> told = new HashSet<>();

  /**
   * Writes to a stream, which stays open.
   *
   * @param columns names of the values
   * @param leftOut is told, once, of each of the first thousand values that have no column
   */
  public CsvLines(Writer out, Collection<String> columns, Consumer<String> leftOut) {
    this.out = out;
    this.columns = List.copyOf(columns);
    this.leftOut = leftOut;
  }

  @Override
  public void begin() throws IOException {
    out.write(String.join(",", FRONT));
    for (String column : columns) {
      field(column);
    }
    field("verdict");
    out.write('\n');
  }

  @Override
  public void line(TrainingMetric metric, SortedMap<String, Double> values) throws IOException {
    out.write(metric.getTime().toString());
    field(metric.getRun());
    field(MetricsLines.split(metric));
    field(Long.toString(metric.getStep()));
    field(Integer.toString(metric.getEpoch()));
    for (String column : columns) {
      Double value = values.get(column);
      field(value == null ? "" : value.toString());
    }
    field(metric.getVerdict());
    out.write('\n');
    tell(values);
  }

  private void field(String text) throws IOException {
    out.write(',');
    boolean quoted = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    out.write(quoted ? '"' + text.replace("\"", "\"\"") + '"' : text);
  }

  private void tell(SortedMap<String, Double> values) {
    for (String name : values.keySet()) {
      if (!columns.contains(name) && told.size() < MOST_TOLD && told.add(name)) {
        leftOut.accept(name);
      }
    }
  }
}
