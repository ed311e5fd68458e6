package dev.millrace.imaging;

/** An encoded image cannot be used; the message says what is wrong with it. */
public final class CorruptImageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With the reason in words. */
  public CorruptImageException(String message) {
    super(message);
  }
}
