package dev.millrace.pipeline.cli;

import dev.millrace.dashboard.web.WebOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The metrics page of a service. */
public final class MetricsOptions {
  @Option(
      names = "--metrics-host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address that the metrics page listens on. Any that other machines reach needs a token"
              + " file or a keystore. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description =
          "Port of the metrics page in Prometheus' format; 0 takes a free one, -1 serves none."
              + " Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--metrics-token-file",
      paramLabel = "FILE",
      description =
          "Holds the token that scrapers must send; made with a random one if it does not exist."
              + " Default: none is needed.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--metrics-keystore",
      paramLabel = "FILE",
      description = "A PKCS #12 file with the certificate and key for HTTPS. Default: plain HTTP.")
  private @Nullable Path keystore;

  @Option(
      names = "--metrics-keystore-password-file",
      paramLabel = "FILE",
      description = "Holds the password of --metrics-keystore.")
  private @Nullable Path keystorePassword;

  /** Whether there is one. */
  public boolean wanted() {
    return port >= 0;
  }

  /** Where it is wanted. */
  public String address() {
    return host + ":" + port;
  }

  /**
   * Checks who may see it, before anything is started.
   *
   * @throws IllegalArgumentException if everybody might, naming the options that mend it
   */
  public MetricsOptions checked() {
    access().check();
    return this;
  }

  /**
   * How it is served; makes the token's file if there is none.
   *
   * @throws IllegalArgumentException if any is out of range
   * @throws CannotStartException if a file cannot be read or made
   */
  public WebOptions options() throws CannotStartException {
    return access().at(port);
  }

  private PageAccess access() {
    return new PageAccess("metrics", host, tokenFile, keystore, keystorePassword);
  }
}
