package dev.millrace.pipeline.cli;

import dev.millrace.dashboard.web.WebOptions;
import dev.millrace.pipeline.state.TokenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who may see pages, as options say.
 *
 * @param name first word of the options' names
 * @param host address to listen on
 * @param tokenFile holds the token, or null where none is wanted
 * @param keystore the certificate for HTTPS, or null for plain HTTP
 * @param keystorePassword holds its password
 */
record PageAccess(
    String name,
    String host,
    @Nullable Path tokenFile,
    @Nullable Path keystore,
    @Nullable Path keystorePassword) {
  /**
   * Checks that it is not open to everybody.
   *
   * @throws IllegalArgumentException if it is, or an option is missing
   */
  void check() {
    if (tokenFile == null && keystore == null && !WebOptions.isLoopback(host)) {
      throw new IllegalArgumentException(
          "--%s-host %s lets other machines in: give --%s-token-file, --%s-keystore or both, or leave it at 127.0.0.1"
              .formatted(name, host, name, name));
    }
    if (keystore != null && keystorePassword == null) {
      throw new IllegalArgumentException(
          "--%s-keystore needs --%s-keystore-password-file".formatted(name, name));
    }
  }

  /**
   * What a server is started with; makes the token's file if there is none.
   *
   * @throws IllegalArgumentException if any option is out of range
   * @throws CannotStartException if a file cannot be read or made
   */
  WebOptions at(int port) throws CannotStartException {
    check();
    return new WebOptions(host, port, token(), tls());
  }

  private @Nullable String token() throws CannotStartException {
    if (tokenFile == null) {
      return null;
    }
    try {
      String token = TokenFile.readOrMake(tokenFile);
      if (token.length() < WebOptions.SHORTEST_TOKEN) {
        throw new CannotStartException(
            "The token in %s (--%s-token-file) has %d characters, and needs %d: delete the file, and a random one is made"
                .formatted(tokenFile, name, token.length(), WebOptions.SHORTEST_TOKEN));
      }
      return token;
    } catch (IOException e) {
      throw new CannotStartException(
          "Cannot read or make the token in %s (--%s-token-file): %s".formatted(tokenFile, name, e),
          e);
    }
  }

  private WebOptions.@Nullable Tls tls() throws CannotStartException {
    if (keystore == null || keystorePassword == null) {
      return null;
    }
    try {
      return new WebOptions.Tls(keystore, Files.readString(keystorePassword).strip());
    } catch (IOException e) {
      throw new CannotStartException(
          "Cannot read the password in %s (--%s-keystore-password-file): %s"
              .formatted(keystorePassword, name, e),
          e);
    }
  }
}
