package dev.millrace.augmenter;

import org.jspecify.annotations.Nullable;

/** The augmenter cannot go on; the message says why and what to do. */
public final class AugmenterFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AugmenterFailedException(String message) {
    super(message);
  }

  AugmenterFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
