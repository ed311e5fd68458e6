package dev.millrace.producer.upload;

import dev.millrace.schemas.OptionFaults;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How uploads are taken.
 *
 * @param host address to listen on
 * @param port port, 0 for a free one
 * @param token what clients must know, at least 16 characters
 * @param tls the server's certificate, or null for plain HTTP
 * @param maxImageBytes larger images are refused, 1 KiB to 64 MiB
 * @param maxBatchBytes larger batches are refused, at least {@code maxImageBytes} and at most 1 GiB
 * @param imagesPerSecond that one client may send, at least 1; twice as many at once
 */
public record UploadOptions(
    String host,
    int port,
    String token,
    @Nullable Tls tls,
    int maxImageBytes,
    int maxBatchBytes,
    int imagesPerSecond) {
  private static final int SHORTEST_TOKEN = 16;

  /**
   * A certificate and its key.
   *
   * @param keystore a PKCS #12 file
   * @param password opens it
   */
  public record Tls(Path keystore, String password) {
    @Override
    public String toString() {
      return "Tls[keystore=" + keystore + "]";
    }
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if any is left, naming every setting that is at fault
   */
  public UploadOptions {
    OptionFaults faults = new OptionFaults();
    faults.range("upload-port", port, 0, 65_535);
    faults.range("max-image-size", maxImageBytes, 1 << 10, 64 << 20);
    faults.range("upload-batch-size", maxBatchBytes, maxImageBytes, 1 << 30);
    faults.range("upload-rate", imagesPerSecond, 1, 1_000_000);
    if (token.length() < SHORTEST_TOKEN) {
      faults.add("the upload token must have at least %d characters".formatted(SHORTEST_TOKEN));
    }
    faults.throwIfAny("Cannot take uploads with these options");
  }

  /** Whether others than this machine could read what is sent. */
  public boolean isExposed() throws UnknownHostException {
    return tls == null && !InetAddress.getByName(host).isLoopbackAddress();
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "UploadOptions[host=%s, port=%d, tls=%s]".formatted(host, port, tls);
  }
}
