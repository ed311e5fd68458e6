package dev.millrace.dashboard.web;

/** What is asked for cannot be had now, and may be had in a moment. */
public class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence for the client. */
  public UnavailableException(String sentence) {
    super(sentence);
  }
}
