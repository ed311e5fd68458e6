package dev.millrace.producer.archive;

import java.io.IOException;

/** An archive is not given, or is none that is read here: trying again is of no use. */
public sealed class RefusedException extends IOException permits UnansweredException {
  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message);
  }

  RefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
