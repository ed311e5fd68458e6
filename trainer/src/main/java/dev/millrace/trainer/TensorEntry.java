package dev.millrace.trainer;

import java.util.List;

/**
 * A tensor as a checkpoint's header lists it.
 *
 * @param name for instance {@code conv1/weights} or {@code conv1/weights/momentum}
 * @param type of its elements, as safetensors calls it
 * @param shape the sizes of its dimensions
 * @param bytes length of its elements
 */
public record TensorEntry(String name, String type, List<Long> shape, long bytes) {
  /** Copies the shape. */
  public TensorEntry {
    shape = List.copyOf(shape);
  }
}
