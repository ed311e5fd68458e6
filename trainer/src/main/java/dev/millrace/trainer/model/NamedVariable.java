package dev.millrace.trainer.model;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * A weight, bias or momentum as a checkpoint knows it, whether or not it is divided among columns.
 *
 * @param read its value
 * @param initialize gives it its initial value
 * @param restored takes the value that {@code restore} assigns
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record NamedVariable(
    String name,
    long[] shape,
    Operand<TFloat32> read,
    Operation initialize,
    Placeholder<TFloat32> restored,
    Operation restore) {

  long elements() {
    long product = 1;
    for (long size : shape) {
      product *= size;
    }
    return product;
  }
}
