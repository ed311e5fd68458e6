package dev.millrace.schemas.checkpoint;

/** The bytes of a checkpoint are not those that its manifest describes. */
public final class DamagedCheckpointException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what is wrong. */
  public DamagedCheckpointException(String message) {
    super(message);
  }
}
