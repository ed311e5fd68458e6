package dev.millrace.trainer;

import java.util.Locale;

/** A format that checkpoints are exported in. */
public enum ExportFormat {
  /** One file of named tensors, for PyTorch, JAX and others. */
  SAFETENSORS,

  /** A graph with its weights, for TensorFlow Serving and {@code tf.saved_model.load}. */
  SAVED_MODEL,

  /** TensorFlow's own checkpoint of the second format. */
  TENSORFLOW;

  /** The name that users write. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The format of that name.
   *
   * @throws IllegalArgumentException if there is none, naming those there are
   */
  public static ExportFormat parse(String text) {
    for (ExportFormat format : values()) {
      if (format.toString().equals(text)) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "a format is safetensors, saved-model or tensorflow, found \"%s\"".formatted(text));
  }
}
