package dev.millrace.trainer.model;

import java.util.Locale;

/** What a unit makes of the sum of its inputs (section 3.1 of the paper). */
public enum Activation {
  /** max(0, x): does not saturate for large sums, with which the paper learns six times faster. */
  RELU,

  /** tanh(x): what units did before, for comparison. */
  TANH;

  /** The name that users write and checkpoints keep. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
