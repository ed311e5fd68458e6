package dev.millrace.pipeline.cli;

import picocli.CommandLine.Option;

/** The metrics page. */
public final class MetricsOptions {
  /** The port of the page that shows what the topics say. */
  public static final int USUAL_PORT = 9464;

  /** A port that is free: several of one service may run on a machine. */
  public static final int FREE_PORT = 0;

  @Option(
      names = "--metrics-host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address that the metrics page listens on. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description =
          "Port of the metrics page in Prometheus' format; 0 takes a free one, -1 serves none."
              + " Default: ${DEFAULT-VALUE}.")
  private int port;

  /**
   * Where it listens unless the user says otherwise.
   *
   * @param port {@link #USUAL_PORT} or {@link #FREE_PORT}
   */
  public MetricsOptions(int port) {
    this.port = port;
  }

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
