package dev.millrace.pipeline.verify;

import java.util.ArrayList;
import java.util.List;

/** The faults, in words. Keeps the first few and counts the others, however many there are. */
final class Findings {
  private static final int KEPT = 20;

  private final List<String> first = new ArrayList<>();
  private long count;

  void add(String text) {
    count++;
    if (first.size() < KEPT) {
      first.add(text);
    }
  }

  List<String> first() {
    return List.copyOf(first);
  }

  long count() {
    return count;
  }
}
