package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A part of a forward pass through which TensorFlow's own gradients are right: from one local
 * response normalization (or the images) to the next (or the logits).
 *
 * @param start the normalization before the segment, null for the first
 * @param variables the variables used in it
 */
record Segment(@Nullable Cut start, List<Variable> variables) {

  Segment(@Nullable Cut start) {
    this(start, new ArrayList<>());
  }

  /** A local response normalization, its input and its output. */
  record Cut(LocalResponse constants, Operand<TFloat32> input, Operand<TFloat32> output) {}
}
