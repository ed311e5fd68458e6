package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.SettingsSources;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code millrace} command: every service as a subcommand, and all of them as one. */
@Command(
    name = "millrace",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Streams images through Kafka into a TensorFlow training loop.",
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0    done",
      "  1    failed while running",
      "  2    wrong options",
      "  3    cannot start: data, folder, broker or device is not as it must be",
      "  130  stopped by Ctrl-C, after a checkpoint (143 when ended by SIGTERM)"
    },
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      PreviewCommand.class,
      PrepareCommand.class,
      BrokerCommand.class,
      ProduceCommand.class,
      StatsCommand.class,
      AugmentCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      GpuCheckCommand.class,
      CheckpointsCommand.class,
      TopicsCommand.class,
      DeadLettersCommand.class,
      VerifyCommand.class,
      DashboardCommand.class,
      MetricsCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Millrace {
  private Millrace() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    int exitCode = execute(arguments, System.getenv());
    Shutdown.finished();
    System.exit(exitCode);
  }

  /**
   * Runs one command.
   *
   * @param arguments the command line
   * @param environment where options may also be
   * @return the exit code
   */
  static int execute(String[] arguments, Map<String, String> environment) {
    CommandLine commandLine = new CommandLine(new Millrace());
    PrintWriter err = commandLine.getErr();
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    FailureHandler failures = new FailureHandler();
    commandLine.setExecutionExceptionHandler(failures);
    commandLine.setParameterExceptionHandler(failures);
    commandLine.setUsageHelpAutoWidth(true);
    try {
      SettingsSources sources = SettingsSources.of(arguments, environment);
      sources.refuseUnknown(commandLine);
      commandLine.setDefaultValueProvider(sources);
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    return commandLine.execute(arguments);
  }
}
