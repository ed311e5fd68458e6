package dev.millrace.trainer;

/** Nothing came for longer than the user is ready to wait. */
public final class StalledStreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StalledStreamException(String message) {
    super(message);
  }
}
