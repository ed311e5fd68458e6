package dev.millrace.producer.prepare;

/** A folder cannot be prepared into; the message names it, what is wrong and the mend. */
public final class PrepareException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With the reason in words. */
  public PrepareException(String message) {
    super(message);
  }

  /** With the reason in words and what led to it. */
  public PrepareException(String message, Throwable cause) {
    super(message, cause);
  }
}
