package dev.millrace.trainer;

/** The workers of a group are not about to do the same. */
public final class OutOfStepException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutOfStepException(String message) {
    super(message);
  }
}
