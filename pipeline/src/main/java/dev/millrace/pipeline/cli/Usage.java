package dev.millrace.pipeline.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Tells wrong options apart from everything else that may fail. */
public final class Usage {
  private Usage() {}

  /**
   * What the options are made into.
   *
   * @param made throws an {@link IllegalArgumentException} that names the options at fault
   * @throws ParameterException if it does, with its message
   */
  public static <T> T valid(CommandSpec command, Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
