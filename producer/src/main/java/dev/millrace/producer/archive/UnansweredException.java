package dev.millrace.producer.archive;

import java.io.IOException;

/**
 * No server has answered, however often it was asked: whether the archive is there is not known.
 */
public final class UnansweredException extends RefusedException {
  private static final long serialVersionUID = 1L;

  UnansweredException(int tries, IOException cause) {
    super(
        "%s (tried %d times); are the network and the server there?".formatted(cause, tries),
        cause);
  }
}
