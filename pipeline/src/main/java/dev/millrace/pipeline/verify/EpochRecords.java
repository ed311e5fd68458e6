package dev.millrace.pipeline.verify;

/** The records of one epoch in one partition; by index, as a {@link Place} has it. */
final class EpochRecords {
  final Runs tensors = new Runs();
  final Runs images = new Runs();

  /** The images that the augmenters had done with when the check began. */
  final Runs augmented = new Runs();

  /** The dead letters of producers and augmenters. */
  final Runs letters = new Runs();

  boolean tensorsEnded;
  boolean imagesEnded;

  /** Whether the augmenters had done with the images' end when the check began. */
  boolean endAugmented;

  long doubled;
}
