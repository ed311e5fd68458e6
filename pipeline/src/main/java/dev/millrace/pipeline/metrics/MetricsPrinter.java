package dev.millrace.pipeline.metrics;

import dev.millrace.schemas.TrainingMetric;
import java.io.IOException;
import java.io.Writer;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prints the metrics that are meant. Every batch is written through, so that a reader of a pipe
 * sees it at once. Keeps the names of the first thousand values and runs, and no record.
 */
public final class MetricsPrinter {
  private static final int MOST_NAMES = 1000;

  private final MetricsLog log;
  private final MetricsFilter filter;
  private final Set<String> columns;
  private final Writer out;
  private final Consumer<String> notes;
  private final SortedSet<String> runs = new TreeSet<>();
  private final SortedSet<String> values = new TreeSet<>();
  private @Nullable MetricsLines lines;
  private boolean printed;

  /** How a line is written. */
  public enum Format {
    /** A JSON object. */
    JSON,
    /** Comma-separated values. */
    CSV
  }

  /**
   * Prepares to print.
   *
   * @param columns values that are the columns of CSV, in their order; empty for those that there
   *     are
   * @param out where to print
   * @param notes takes what is to be said besides, a line each
   */
  public MetricsPrinter(
      MetricsLog log,
      MetricsFilter filter,
      Set<String> columns,
      Writer out,
      Consumer<String> notes) {
    this.log = log;
    this.filter = filter;
    this.columns = columns;
    this.out = out;
    this.notes = notes;
  }

  /**
   * Prints what there is, and what comes if it is to follow, until the log is told to stop.
   *
   * @throws IOException if it cannot be written
   * @throws IllegalStateException if there are more values than a heading may have, 1,000
   */
  public void print(Format format, boolean follow) throws IOException {
    long end = log.end();
    if (format == Format.JSON) {
      lines = new JsonLines(out);
    } else if (!columns.isEmpty()) {
      lines = csv(columns);
    } else {
      SortedSet<String> there = new TreeSet<>();
      log.readTo(end, batch -> addNames(batch, there));
      // Where there is none yet, those of the first that comes are the columns.
      lines = there.isEmpty() && follow ? null : csv(there);
    }
    if (lines != null) {
      lines.begin();
      out.flush();
    }
    if (follow) {
      log.follow(this::print);
    } else {
      log.readTo(end, this::print);
      sayWhatThereIs();
    }
  }

  private CsvLines csv(Collection<String> names) {
    return new CsvLines(
        out,
        names,
        name ->
            notes.accept(
                "Value %s came after the heading and has no column (name the columns by --values)"
                    .formatted(name)));
  }

  private void addNames(List<TrainingMetric> batch, SortedSet<String> names) {
    for (TrainingMetric metric : batch) {
      if (filter.test(metric)) {
        names.addAll(filter.values(metric).keySet());
        if (names.size() > MOST_NAMES) {
          throw new IllegalStateException(
              "There are more than %,d values: name the columns by --values".formatted(MOST_NAMES));
        }
      }
    }
  }

  private void print(List<TrainingMetric> batch) throws IOException {
    for (TrainingMetric metric : batch) {
      if (filter.test(metric)) {
        print(metric);
      } else if (!printed) {
        remember(metric);
      }
    }
    out.flush();
  }

  private void print(TrainingMetric metric) throws IOException {
    MetricsLines by = lines;
    if (by == null) {
      by = csv(filter.values(metric).keySet());
      by.begin();
      lines = by;
    }
    by.line(metric, filter.values(metric));
    printed = true;
  }

  private void remember(TrainingMetric metric) {
    if (runs.size() < MOST_NAMES) {
      runs.add(metric.getRun());
    }
    if (values.size() < MOST_NAMES) {
      values.addAll(metric.getValues().keySet());
    }
  }

  private void sayWhatThereIs() {
    if (!printed) {
      notes.accept(
          runs.isEmpty()
              ? "Nothing has been measured yet"
              : "No line is meant (--run, --split, --values): there are runs %s with values %s"
                  .formatted(named(runs), named(values)));
    }
  }

  // Others may have written to the topic, and names shall not steer the terminal.
  private static String named(SortedSet<String> names) {
    return String.join(", ", names.stream().limit(50).toList()).replaceAll("\\p{Cntrl}", "?");
  }
}
