package dev.millrace.pipeline;

import java.io.Console;
import java.util.Optional;

/** What the output goes to. */
final class Terminal {
  private Terminal() {}

  /** Whether a person watches, and lines can be overwritten. */
  static boolean isPresent() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }
}
