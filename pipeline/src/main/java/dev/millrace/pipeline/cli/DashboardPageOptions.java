package dev.millrace.pipeline.cli;

import dev.millrace.dashboard.DashboardOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the dashboard is served, and to whom. */
public final class DashboardPageOptions {
  @Option(
      names = "--dashboard-host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address that the dashboard listens on. Any that other machines reach needs a token file"
              + " or a keystore. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(
      names = "--dashboard-port",
      paramLabel = "PORT",
      defaultValue = "9464",
      description =
          "Port of the dashboard; 0 takes a free one, -1 serves none. Default: ${DEFAULT-VALUE}.")
  private int port = 9464;

  @Option(
      names = "--dashboard-token-file",
      paramLabel = "FILE",
      description =
          "Holds the token that browsers and scrapers must know; made with a random one if it does"
              + " not exist. Default: none is needed.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--dashboard-keystore",
      paramLabel = "FILE",
      description = "A PKCS #12 file with the certificate and key for HTTPS. Default: plain HTTP.")
  private @Nullable Path keystore;

  @Option(
      names = "--dashboard-keystore-password-file",
      paramLabel = "FILE",
      description = "Holds the password of --dashboard-keystore.")
  private @Nullable Path keystorePassword;

  @Option(
      names = "--history-memory",
      paramLabel = "SIZE",
      defaultValue = "128MiB",
      converter = ByteSize.Converter.class,
      description =
          "Memory for the points of charts; where more come, old ones are thinned out."
              + " Default: ${DEFAULT-VALUE}.")
  private ByteSize historyMemory = new ByteSize(DashboardOptions.USUAL_HISTORY_BYTES);

  /** Whether it is served. */
  public boolean wanted() {
    return port >= 0;
  }

  /** Where it is wanted. */
  public String address() {
    return host + ":" + port;
  }

  /** Where the token is, or null where none is needed. */
  public @Nullable Path tokenFile() {
    return tokenFile;
  }

  /**
   * Checks who may see it and how much it may hold, before anything is started.
   *
   * @throws IllegalArgumentException if everybody might see it, or it could hold too little, naming
   *     the options that mend it
   */
  public DashboardPageOptions checked() {
    access().check();
    DashboardOptions.requireHistory(historyMemory.bytes());
    return this;
  }

  /**
   * How it is served; makes the token's file if there is none.
   *
   * @param version the program's
   * @throws IllegalArgumentException if any is out of range
   * @throws CannotStartException if a file cannot be read or made
   */
  public DashboardOptions options(String version) throws CannotStartException {
    return new DashboardOptions(access().at(port), historyMemory.bytes(), version);
  }

  private PageAccess access() {
    return new PageAccess("dashboard", host, tokenFile, keystore, keystorePassword);
  }
}
