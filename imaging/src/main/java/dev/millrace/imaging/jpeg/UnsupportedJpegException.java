package dev.millrace.imaging.jpeg;

/**
 * Not a JPEG that is decoded here: of another kind, or damaged. Another decoder may know better;
 * the message says what was found.
 */
public final class UnsupportedJpegException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what was found, in words. */
  public UnsupportedJpegException(String message) {
    super(message, null, false, false);
  }
}
