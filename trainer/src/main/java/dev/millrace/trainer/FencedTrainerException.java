package dev.millrace.trainer;

/** Another trainer of the same run has started, so that this one may publish no checkpoint. */
public final class FencedTrainerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FencedTrainerException(String message, Throwable cause) {
    super(message, cause);
  }
}
