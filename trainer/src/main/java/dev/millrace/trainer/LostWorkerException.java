package dev.millrace.trainer;

/** A step or a start could not be done together, as another worker no longer answers. */
public final class LostWorkerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LostWorkerException(String message, Throwable cause) {
    super(message, cause);
  }
}
