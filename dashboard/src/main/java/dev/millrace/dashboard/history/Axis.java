package dev.millrace.dashboard.history;

/** What a value is drawn over. */
public enum Axis {
  /** The training step. */
  STEP,
  /** When it was measured, in epoch milliseconds. */
  TIME
}
