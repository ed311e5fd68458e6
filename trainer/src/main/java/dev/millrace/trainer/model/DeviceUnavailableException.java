package dev.millrace.trainer.model;

import org.jspecify.annotations.Nullable;

/** TensorFlow does not have the devices asked for; the message names what to do. */
public final class DeviceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeviceUnavailableException(String message) {
    this(message, null);
  }

  DeviceUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
