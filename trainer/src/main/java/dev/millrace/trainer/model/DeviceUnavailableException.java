package dev.millrace.trainer.model;

/** A GPU was asked for and TensorFlow has none; the message names what to do. */
public final class DeviceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeviceUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
