package dev.millrace.pipeline.verify;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A set of numbers from 0 that keeps runs of neighbours, not the numbers: an epoch without gaps is
 * one run, however long it is.
 */
final class Runs {
  private final TreeMap<Long, Long> runs = new TreeMap<>(); // first, to the one behind the last

  /** The numbers from the first up to, not including, the last; none if there are none. */
  static Runs of(long from, long to) {
    Runs runs = new Runs();
    runs.add(from, to);
    return runs;
  }

  /** Adds one; false if it was there. */
  boolean add(long number) {
    if (contains(number)) {
      return false;
    }
    add(number, number + 1);
    return true;
  }

  /** Adds all of others. */
  void addAll(Runs others) {
    others.runs.forEach(this::add);
  }

  boolean contains(long number) {
    Map.Entry<Long, Long> run = runs.floorEntry(number);
    return run != null && number < run.getValue();
  }

  /** How many there are. */
  long size() {
    return runs.entrySet().stream().mapToLong(run -> run.getValue() - run.getKey()).sum();
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  /** The number behind the greatest; 0 if there is none. */
  long behindLast() {
    return runs.isEmpty() ? 0 : runs.lastEntry().getValue();
  }

  /** Gives every run, in order: its first number, and the one behind its last. */
  void forEach(BiConsumer<Long, Long> run) {
    runs.forEach(run);
  }

  Runs plus(Runs others) {
    Runs sum = copy();
    sum.addAll(others);
    return sum;
  }

  Runs minus(Runs others) {
    Runs rest = copy();
    others.runs.forEach(rest::remove);
    return rest;
  }

  Runs and(Runs others) {
    return minus(minus(others));
  }

  private Runs copy() {
    Runs copy = new Runs();
    copy.runs.putAll(runs);
    return copy;
  }

  private void add(long from, long to) {
    if (from >= to) {
      return;
    }
    long first = from;
    long behind = to;
    Map.Entry<Long, Long> before = runs.floorEntry(from);
    if (before != null && before.getValue() >= from) {
      first = before.getKey();
      behind = Math.max(behind, before.getValue());
    }
    Map.Entry<Long, Long> next = runs.ceilingEntry(first);
    while (next != null && next.getKey() <= behind) {
      behind = Math.max(behind, next.getValue());
      runs.remove(next.getKey());
      next = runs.ceilingEntry(first);
    }
    runs.put(first, behind);
  }

  private void remove(long from, long to) {
    Map.Entry<Long, Long> run = runs.lowerEntry(to);
    while (run != null && run.getValue() > from) {
      runs.remove(run.getKey());
      if (run.getValue() > to) {
        runs.put(to, run.getValue());
      }
      if (run.getKey() < from) {
        runs.put(run.getKey(), from);
      }
      run = runs.lowerEntry(to);
    }
  }
}
