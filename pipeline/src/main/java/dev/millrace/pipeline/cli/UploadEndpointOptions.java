package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.state.TokenFile;
import dev.millrace.producer.upload.UploadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where images are taken that are sent over HTTP, and from whom. */
public final class UploadEndpointOptions {
  @Option(
      names = "--upload-port",
      paramLabel = "PORT",
      defaultValue = "-1",
      description =
          "Instead of --data, or beside --follow: publish images that are sent by HTTP POST to"
              + " /images at this port; 0 takes a free one. Default: -1, none are taken.")
  private int port = -1;

  @Option(
      names = "--upload-host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address that uploads are taken at. Default: ${DEFAULT-VALUE}.")
  private String host = "127.0.0.1";

  @Option(
      names = "--upload-token-file",
      paramLabel = "FILE",
      defaultValue = "millrace-data/upload-token",
      description =
          "Holds the token that clients must send; made with a random one if it does not exist."
              + " Default: ${DEFAULT-VALUE}.")
  private Path tokenFile = Path.of("millrace-data", "upload-token");

  @Option(
      names = "--upload-rate",
      paramLabel = "N",
      defaultValue = "200",
      description = "Images a second that one client may send. Default: ${DEFAULT-VALUE}.")
  private int rate = 200;

  @Option(
      names = "--upload-batch-size",
      paramLabel = "SIZE",
      defaultValue = "32MiB",
      converter = ByteSize.Converter.class,
      description = "The most bytes that a batch of images may have. Default: ${DEFAULT-VALUE}.")
  private ByteSize batchSize = new ByteSize(32 << 20);

  @Option(
      names = "--upload-keystore",
      paramLabel = "FILE",
      description =
          "A PKCS #12 file with the certificate and key for HTTPS; without it, uploads are plain"
              + " HTTP.")
  private @Nullable Path keystore;

  @Option(
      names = "--upload-keystore-password-file",
      paramLabel = "FILE",
      description = "Holds the password of --upload-keystore.")
  private @Nullable Path keystorePassword;

  /** Whether uploads are taken. */
  public boolean wanted() {
    return port >= 0;
  }

  /** Where the token is. */
  public Path tokenFile() {
    return tokenFile;
  }

  /**
   * How uploads are taken; makes the token's file if there is none.
   *
   * @throws IllegalArgumentException if any is out of range
   * @throws CannotStartException if a file cannot be read or made
   */
  public UploadOptions options(int maxImageBytes) throws CannotStartException {
    return new UploadOptions(
        host,
        port,
        token(),
        tls(),
        maxImageBytes,
        (int) Math.min(Integer.MAX_VALUE, batchSize.bytes()),
        rate);
  }

  private String token() throws CannotStartException {
    try {
      return TokenFile.readOrMake(tokenFile);
    } catch (IOException e) {
      throw new CannotStartException(
          "Cannot read or make the token in %s (--upload-token-file): %s".formatted(tokenFile, e),
          e);
    }
  }

  private UploadOptions.@Nullable Tls tls() throws CannotStartException {
    if (keystore == null) {
      return null;
    }
    if (keystorePassword == null) {
      throw new IllegalArgumentException("--upload-keystore needs --upload-keystore-password-file");
    }
    try {
      return new UploadOptions.Tls(keystore, Files.readString(keystorePassword).strip());
    } catch (IOException e) {
      throw new CannotStartException(
          "Cannot read the password in %s (--upload-keystore-password-file): %s"
              .formatted(keystorePassword, e),
          e);
    }
  }
}
