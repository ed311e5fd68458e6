package dev.millrace.trainer;

import java.util.List;

/**
 * What a checkpoint consists of.
 *
 * @param model what a classifier is made of besides the weights
 * @param tensors weights and momenta, in the order of the layers
 */
public record CheckpointContents(ModelDescription model, List<TensorEntry> tensors) {
  /** Copies the list. */
  public CheckpointContents {
    tensors = List.copyOf(tensors);
  }
}
