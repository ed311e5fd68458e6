package dev.millrace.producer.dataset;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * An archive cannot be read on, or is not what was listed; the message names it and the mend. No
 * image of it is at fault, so that it is no dead letter.
 */
public final class ArchiveException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  /** With the reason in words and what led to it. */
  ArchiveException(String message, IOException cause) {
    super(message, cause);
  }
}
