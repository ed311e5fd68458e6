package dev.millrace.trainer.model;

import java.util.Locale;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The numbers that convolutions, fully connected layers and their activations are computed in.
 * Weights, momenta, normalization, pooling, loss and the update are 32 bits wide in any case, so
 * that a checkpoint fits both.
 */
public enum Precision {
  /** 32 bits. */
  FLOAT32(TFloat32.class),

  /** 16 bits, of which 8 for the exponent as in 32: no gradient is too small, so none is scaled. */
  BFLOAT16(TBfloat16.class);

  private final Class<? extends TFloating> type;

  Precision(Class<? extends TFloating> type) {
    this.type = type;
  }

  /** The values in this precision; the same operand if it has it. */
  Operand<TFloating> reduced(Ops tf, Operand<? extends TFloating> x) {
    return floating(x.type() == type ? x : tf.dtypes.cast(x, type));
  }

  /** The values in 32 bits; the same operand if it has them. */
  static Operand<TFloat32> full(Ops tf, Operand<? extends TFloating> x) {
    return x.type() == TFloat32.class
        ? x.asOutput().expect(TFloat32.class)
        : tf.dtypes.cast(x, TFloat32.class);
  }

  /** The same operand, whichever precision it has. */
  @SuppressWarnings("unchecked") // an operand only gives values
  static Operand<TFloating> floating(Operand<?> x) {
    if (!TFloating.class.isAssignableFrom(x.type())) {
      throw new IllegalArgumentException("Not of floating point numbers: " + x);
    }
    return (Operand<TFloating>) x;
  }

  /** As it stands in options and checkpoints. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
