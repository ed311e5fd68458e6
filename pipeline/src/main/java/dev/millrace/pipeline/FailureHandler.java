package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.producer.PublishException;
import dev.millrace.trainer.LostWorkerException;
import dev.millrace.trainer.ResumeException;
import dev.millrace.trainer.UnusableCheckpointException;
import dev.millrace.trainer.model.DeviceUnavailableException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells the user in words what failed; the stack trace goes to the log only. */
final class FailureHandler implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FailureHandler.class);

  @Override
  public int handleParseException(ParameterException fault, String[] arguments) {
    CommandLine command = fault.getCommandLine();
    PrintWriter err = command.getErr();
    print(command, String.valueOf(fault.getMessage()));
    if (!UnmatchedArgumentException.printSuggestions(fault, err)) {
      print(command, "See: %s --help".formatted(command.getCommandSpec().qualifiedName()));
    }
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parsed) {
    LOG.debug("Command {} failed", commandLine.getCommandName(), failure);
    print(commandLine, describe(failure));
    return switch (failure) {
      case CannotStartException _,
          PublishException _,
          ResumeException _,
          UnusableCheckpointException _,
          DeviceUnavailableException _ ->
          ExitCode.CANNOT_START;
      case LostWorkerException _ -> ExitCode.TEAM_ENDED;
      default -> ExitCode.FAILED;
    };
  }

  private static void print(CommandLine commandLine, String text) {
    commandLine.getErr().println(commandLine.getColorScheme().errorText(text));
    commandLine.getErr().flush();
  }

  // The messages of the causes belong to it: what was attempted, then why it failed.
  private static String describe(Throwable failure) {
    StringBuilder text = new StringBuilder(message(failure));
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null && text.indexOf(message) < 0) {
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
