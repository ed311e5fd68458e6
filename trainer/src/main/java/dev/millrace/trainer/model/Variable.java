package dev.millrace.trainer.model;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A variable of the graph.
 *
 * @param read its one reading, by which the loss is differentiated
 * @param initialize gives it its initial value
 * @param restored takes the value that {@code restore} assigns
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Variable(
    String name,
    long[] shape,
    Operand<? extends TType> handle,
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
