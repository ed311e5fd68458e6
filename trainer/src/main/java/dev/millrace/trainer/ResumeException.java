package dev.millrace.trainer;

/** A run cannot go on from its checkpoint. */
public final class ResumeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ResumeException(String message) {
    super(message);
  }
}
