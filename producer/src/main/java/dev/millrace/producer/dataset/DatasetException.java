package dev.millrace.producer.dataset;

/** A dataset cannot be used; the message names the place, what is wrong and the mend. */
public final class DatasetException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With the reason in words. */
  public DatasetException(String message) {
    super(message);
  }

  /** With the reason in words and what led to it. */
  public DatasetException(String message, Throwable cause) {
    super(message, cause);
  }
}
