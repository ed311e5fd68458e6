package dev.millrace.trainer.model;

/**
 * How a variable starts: normally distributed around 0, or constant where the deviation is 0.
 *
 * @param standardDeviation of the normal distribution, 0 for a constant
 * @param constant the value where the deviation is 0
 */
record InitialValue(float standardDeviation, float constant) {

  static InitialValue normal(double standardDeviation) {
    return new InitialValue((float) standardDeviation, 0);
  }

  /** Keeps the variance of the values through a layer of rectified units with so many inputs. */
  static InitialValue scaled(long inputs) {
    return normal(Math.sqrt(2.0 / inputs));
  }

  static InitialValue constant(float value) {
    return new InitialValue(0, value);
  }
}
