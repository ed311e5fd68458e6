package dev.millrace.pipeline;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.cli.BrokerOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.state.DataDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace broker}. */
@Command(
    name = "broker",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Runs one Kafka broker on this machine until Ctrl-C, for services apart or to look at what"
            + " a run has left.")
final class BrokerCommand implements Callable<Integer> {
  private static final Path USUAL_DIRECTORY = Path.of("millrace-data", "broker");

  @Mixin private BrokerOptions broker = new BrokerOptions();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (DataDirectory directory = broker.open(USUAL_DIRECTORY)) {
      Logging.toFile(directory.root());
      if (common.verbose()) {
        Logging.verbose();
      }
      Settings.print(out, spec, Map.of("data-dir", directory.root()));
      try (EmbeddedBroker started = broker.start(directory)) {
        Shutdown.onSignal(started::close);
        out.println("Broker on " + started.bootstrapServers() + "; Ctrl-C stops it");
        out.flush();
        started.awaitShutdown();
      }
    }
    return ExitCode.INTERRUPTED;
  }
}
