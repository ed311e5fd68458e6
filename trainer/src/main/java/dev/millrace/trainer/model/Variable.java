package dev.millrace.trainer.model;

import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A variable of the graph, or a column's part of one, on one device.
 *
 * @param tf makes operations on its device
 * @param read its one reading, by which the loss is differentiated
 * @param initialize gives it its initial value
 */
record Variable(
    Ops tf, Operand<? extends TType> handle, Operand<TFloat32> read, Operation initialize) {}
