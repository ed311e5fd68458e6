package dev.millrace.trainer.model;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.tensorflow.Result;

/**
 * All weights and momenta as they were between two steps. Training may go on meanwhile: TensorFlow
 * updates a copy of what a snapshot holds. It may be read and closed by another thread; until it is
 * closed the held memory, up to the size of the weights and momenta, is used twice.
 */
public final class Snapshot implements AutoCloseable {
  private final Result held;
  private final List<NamedTensor> tensors;

  Snapshot(Collection<NamedVariable> variables, Result held) {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      held.close();
      throw new IllegalStateException("Checkpoints need a little-endian machine");
    }
    List<NamedTensor> named = new ArrayList<>();
    for (NamedVariable variable : variables) {
      named.add(
          new NamedTensor(
              variable.name(),
              variable.shape().clone(),
              TensorBytes.of(held.get(named.size()))
                  .asReadOnlyBuffer()
                  .order(ByteOrder.LITTLE_ENDIAN)));
    }
    this.held = held;
    this.tensors = List.copyOf(named);
  }

  /** Weights, biases and their momenta in the order of the layers. */
  public List<NamedTensor> tensors() {
    return tensors;
  }

  /** Gives the memory back; the buffers of the tensors must not be read any more. */
  @Override
  public void close() {
    held.close();
  }
}
