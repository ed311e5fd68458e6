package dev.millrace.dashboard.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What was measured of a run on one split: a series a value, 50 values at most. */
final class Track {
  private static final int MOST_VALUES = 50;
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  private final Map<String, Series> series = new LinkedHashMap<>();
  private Map<String, Double> newest = Map.of();
  private long records;
  private long lastStep = Long.MIN_VALUE;

  /**
   * Adds a record; what was there from its step on goes.
   *
   * @param values not to be changed any more
   * @return bytes that this takes more than before, negative for less
   */
  long add(long step, long time, Map<String, Double> values) {
    long more = 0;
    if (step <= lastStep) {
      for (Series column : series.values()) {
        more -= column.removeFrom(step);
      }
    }
    for (Map.Entry<String, Double> entry : values.entrySet()) {
      Series column = series.get(entry.getKey());
      if (column == null && isTaken(entry.getKey())) {
        column = new Series();
        series.put(entry.getKey(), column);
        more += column.bytes();
      }
      if (column != null) {
        more += column.add(step, time, entry.getValue());
      }
    }
    lastStep = step;
    newest = values;
    records++;
    return more;
  }

  private boolean isTaken(String name) {
    return series.size() < MOST_VALUES && NAME.matcher(name).matches();
  }

  /** A value's points now, or null where there is no such value. */
  @Nullable Points points(String name) {
    Series column = series.get(name);
    return column == null ? null : column.points();
  }

  /** The values' names, in the order in which they came. */
  List<String> names() {
    return new ArrayList<>(series.keySet());
  }

  /** The values of the newest record. */
  Map<String, Double> newest() {
    Map<String, Double> known = new TreeMap<>(newest);
    known.keySet().retainAll(series.keySet());
    return known;
  }

  /** A value of the newest record, or null where it has none that is a number. */
  @Nullable Double newest(String name) {
    Double value = newest.get(name);
    return value == null || !Double.isFinite(value) ? null : value;
  }

  /** Records taken, those that were replaced among them. */
  long records() {
    return records;
  }

  /** The newest record's step, or the smallest number where there is no record. */
  long lastStep() {
    return lastStep;
  }

  Collection<Series> series() {
    return series.values();
  }

  long bytes() {
    long bytes = 0;
    for (Series column : series.values()) {
      bytes += column.bytes();
    }
    return bytes;
  }
}
