package dev.millrace.trainer.model;

/**
 * The second word of a stateless random key; the first is the seed. The ranges of the purposes do
 * not meet for steps below 2^40, so that no mask repeats and none repeats an initial value.
 */
final class RandomKey {
  private static final int LAYER_BITS = 40;
  private static final long INITIAL_VALUES = 1L << 62;

  private RandomKey() {}

  /** Key of the {@code ordinal}-th variable's initial value. */
  static long initialValue(int ordinal) {
    return INITIAL_VALUES + ((long) ordinal << LAYER_BITS);
  }

  /** What is added to the step for the dropout mask of the {@code ordinal}-th dropout layer. */
  static long dropout(int ordinal) {
    return (long) ordinal << LAYER_BITS;
  }
}
