package dev.millrace.trainer;

import dev.millrace.schemas.ImageTensorView;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TensorType;
import org.jspecify.annotations.Nullable;

/**
 * What every tensor must be for the network to take it.
 *
 * @param split the split that the topic holds
 * @param size height and width in pixels
 * @param classes number of classes: labels are below it
 */
record TensorCheck(Split split, int size, int classes) {
  static final int CHANNELS = 3;

  /** Length of one image's elements in bytes. */
  int bytes() {
    return size * size * CHANNELS;
  }

  /**
   * What is wrong with a tensor.
   *
   * @param reason the rule and the value found
   * @param ofShape whether it is of another size or type, as all tensors of a stream are if one is
   */
  record Fault(String reason, boolean ofShape) {}

  /** What is wrong with a tensor; null if nothing. */
  @Nullable Fault fault(ImageTensorView tensor) {
    String shape = shapeFault(tensor);
    if (shape != null) {
      return new Fault(shape, true);
    }
    if (tensor.label() < 0 || tensor.label() >= classes) {
      return new Fault(
          "label must be from 0 to %d, found %d: the network has %d classes (--classes)"
              .formatted(classes - 1, tensor.label(), classes),
          false);
    }
    return null;
  }

  private @Nullable String shapeFault(ImageTensorView tensor) {
    if (tensor.split() != split) {
      return "split must be %s, found %s".formatted(split, tensor.split());
    }
    if (tensor.type() != TensorType.UINT8) {
      return "elements must be UINT8, found " + tensor.type();
    }
    if (tensor.height() != size || tensor.width() != size || tensor.channels() != CHANNELS) {
      return "must be %d x %d x %d, found %d x %d x %d: the augmenter's crop must be as the network takes it"
          .formatted(size, size, CHANNELS, tensor.height(), tensor.width(), tensor.channels());
    }
    return null;
  }
}
