package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.ExitCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Tells the user in words what failed; the stack trace goes to the log only. */
final class FailureHandler implements IExecutionExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FailureHandler.class);

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parsed) {
    LOG.debug("Command {} failed", commandLine.getCommandName(), failure);
    if (failure instanceof IllegalArgumentException) {
      print(commandLine, describe(failure));
      print(commandLine, "See: millrace " + commandLine.getCommandName() + " --help");
      return ExitCode.USAGE;
    }
    print(commandLine, describe(failure));
    return failure instanceof CannotStartException ? ExitCode.CANNOT_START : ExitCode.FAILED;
  }

  private static void print(CommandLine commandLine, String text) {
    commandLine.getErr().println(commandLine.getColorScheme().errorText(text));
  }

  // The messages of the causes belong to it: what was attempted, then why it failed.
  private static String describe(Throwable failure) {
    StringBuilder text = new StringBuilder(message(failure));
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      String message = message(cause);
      if (text.indexOf(message) < 0) {
        text.append(": ").append(message);
      }
    }
    return text.toString();
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
