package dev.millrace.trainer.model;

/** Where the graph runs. */
public enum Device {
  /** The processor, even where a GPU could be used. */
  CPU,
  /** The first GPU; opening a session fails where TensorFlow has none. */
  GPU,
  /** The first GPU where TensorFlow has one, otherwise the processor. */
  AUTO
}
