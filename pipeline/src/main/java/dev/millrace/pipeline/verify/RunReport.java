package dev.millrace.pipeline.verify;

import dev.millrace.trainer.TrainedImages;

/**
 * What a training run has made of the images, by its newest checkpoint: {@code published = trained
 * + deadLetters + waiting + lost - twice}, counted from the place where the run began.
 *
 * @param run the run's name
 * @param step steps done at that checkpoint
 * @param checkpoints how many of its checkpoints were checked
 * @param published images published since the place where the run began
 * @param images what the checkpoint says
 * @param lost sequences behind the checkpoint's position that its weights have not seen
 * @param twice how often more than once they have seen one
 */
public record RunReport(
    String run,
    long step,
    int checkpoints,
    long published,
    TrainedImages images,
    long lost,
    long twice) {
  /** Images that were left out: those that never became tensors, and those that did not fit. */
  public long deadLetters() {
    return images.missing() + images.rejected();
  }

  /** Images that the checkpoint's weights will see when training goes on. */
  public long waiting() {
    return Math.max(0, published - images.trained() - deadLetters() - lost + twice);
  }
}
