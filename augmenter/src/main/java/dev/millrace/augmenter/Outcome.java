package dev.millrace.augmenter;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.ImageTensor;

/** What becomes of a record on an images topic. */
sealed interface Outcome {
  /** An image was augmented. */
  record Augmented(ImageTensor tensor, int encodedBytes) implements Outcome {}

  /** An epoch ended: passed on as it is. */
  record Passed(EpochEnd end) implements Outcome {}

  /** Nothing could be made of it. */
  record Failed(DeadLetter letter, Stage stage) implements Outcome {}
}
