package dev.millrace.trainer.flow;

/** Which part is too slow for training. */
public enum Shortage {
  /** None: training does not wait. */
  NONE,
  /** The producers: augmenters, or trainers that augment by themselves, wait for images. */
  PRODUCERS,
  /** The augmenters: images wait, but no tensors. */
  AUGMENTERS,
  /** What brings tensors to the trainer: they wait, and so does training. */
  READING,
  /** The threads that augment in the trainer's own process. */
  AUGMENT_THREADS
}
