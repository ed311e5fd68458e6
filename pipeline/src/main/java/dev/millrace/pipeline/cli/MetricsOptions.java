package dev.millrace.pipeline.cli;

import picocli.CommandLine.Option;

/** The metrics page. */
public final class MetricsOptions {
  @Option(
      names = "--metrics-host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address that the metrics page listens on. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      defaultValue = "9464",
      description =
          "Port of the metrics page in Prometheus' format; 0 takes a free one, -1 serves none."
              + " Default: ${DEFAULT-VALUE}.")
  private int port = 9464;

  /** Where it listens. */
  public String host() {
    return host;
  }

  /** The port, 0 for a free one. */
  public int port() {
    return port;
  }

  /** Whether there is one. */
  public boolean wanted() {
    return port >= 0;
  }
}
