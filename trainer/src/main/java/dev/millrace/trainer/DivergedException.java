package dev.millrace.trainer;

/** The loss is no longer a number: the weights are of no use. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(long step, float loss, float learningRate, long checkpointStep) {
    super(
        ("Training diverged at step %d: the loss must be a number, found %s (learning rate %s). The"
                + " newest checkpoint is of step %d; begin another run with a lower learning-rate.")
            .formatted(step, loss, learningRate, checkpointStep));
  }
}
