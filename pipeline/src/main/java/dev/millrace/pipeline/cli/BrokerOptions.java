package dev.millrace.pipeline.cli;

import dev.millrace.broker.BrokerException;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.state.DataDirectory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The broker within the process: where it listens and keeps its state. */
public final class BrokerOptions {
  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      description =
          "Where topics and checkpoints are kept; they survive restarts. Default:"
              + " millrace-data/run for run, millrace-data/demo for demo, millrace-data/broker for"
              + " broker.")
  private Path directory = Path.of("");

  @Option(
      names = "--broker-host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address that the broker listens on, without encryption or passwords: leave it on this"
              + " machine alone. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(
      names = "--broker-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the broker; 0 takes 9092, or a free one where that is in use.")
  private int port;

  @Option(
      names = "--broker-config",
      paramLabel = "NAME=VALUE",
      description = "A Kafka broker property; may be repeated.")
  private Map<String, String> extra = new HashMap<>();

  /**
   * Opens the data directory; the caller closes it.
   *
   * @param usual its name where the user gives none
   * @throws CannotStartException if it cannot be used
   */
  public DataDirectory open(Path usual) throws CannotStartException {
    return DataDirectory.open(directory.toString().isEmpty() ? usual : directory);
  }

  /**
   * Starts the broker; the caller closes it.
   *
   * @throws CannotStartException if it cannot start
   */
  public EmbeddedBroker start(DataDirectory in) throws CannotStartException {
    try {
      return EmbeddedBroker.start(in.broker(), host, port, extra);
    } catch (BrokerException e) {
      throw new CannotStartException(String.valueOf(e.getMessage()), e);
    }
  }
}
