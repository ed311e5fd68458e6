package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * A forward pass as {@link Gradients} goes back through it: links in an order in which each comes
 * after those that it reads.
 */
final class Tape {
  private final List<Link> links = new ArrayList<>();

  void add(Link link) {
    links.add(link);
  }

  /** Last to first. */
  List<Link> backwards() {
    return links.reversed();
  }

  /** A part of the pass with one output. */
  sealed interface Link {
    /** Makes operations on the link's device. */
    Ops tf();

    Operand<? extends TFloating> output();

    /** Whether other columns read the output. */
    boolean shared();
  }

  /**
   * A part on one device through which TensorFlow's own gradients are right.
   *
   * @param inputs what it reads of other links; nothing where it reads images alone
   * @param variables the variables used in it
   */
  record Segment(
      Ops tf,
      List<Input> inputs,
      List<Variable> variables,
      Operand<? extends TFloating> output,
      boolean shared)
      implements Link {}

  /**
   * What a segment reads of another link.
   *
   * @param source the link's output
   * @param local the same values on the segment's device
   */
  record Input(Operand<? extends TFloating> source, Operand<? extends TFloating> local) {}

  /** A local response normalization. */
  record Normalization(Ops tf, Operand<TFloat32> input, LocalResponse.Normalized normalized)
      implements Link {
    @Override
    public Operand<TFloat32> output() {
      return normalized.values();
    }

    @Override
    public boolean shared() {
      return false;
    }
  }
}
