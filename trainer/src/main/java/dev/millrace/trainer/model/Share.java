package dev.millrace.trainer.model;

/**
 * A column's share of a layer: the part at {@code index} of {@code count} equal ones, first
 * channels first.
 */
record Share(int index, int count) {
  static final Share WHOLE = new Share(0, 1);
}
