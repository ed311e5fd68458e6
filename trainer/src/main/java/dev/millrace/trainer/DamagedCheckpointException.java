package dev.millrace.trainer;

/** The bytes of a checkpoint are not those that its manifest describes. */
public final class DamagedCheckpointException extends Exception {
  private static final long serialVersionUID = 1L;

  DamagedCheckpointException(String message) {
    super(message);
  }
}
