package dev.millrace.pipeline.cli;

/** Something outside the command line keeps a command from starting; the message says the mend. */
public final class CannotStartException extends Exception {
  private static final long serialVersionUID = 1L;

  /** For a reason that is a whole sentence for the user. */
  public CannotStartException(String message) {
    super(message);
  }

  /** For a reason that is a whole sentence for the user, with what led to it. */
  public CannotStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
