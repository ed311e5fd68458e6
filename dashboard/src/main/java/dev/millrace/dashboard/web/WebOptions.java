package dev.millrace.dashboard.web;

import dev.millrace.schemas.OptionFaults;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where pages are served, and to whom.
 *
 * @param host address to listen on
 * @param port port, 0 for a free one
 * @param token what clients must know, at least 16 characters; null for none
 * @param tls the server's certificate; null for plain HTTP
 */
public record WebOptions(String host, int port, @Nullable String token, @Nullable Tls tls) {
  /** Characters that a token has at least. */
  public static final int SHORTEST_TOKEN = 16;

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
   * Checks that only this machine is served, or others are known or cannot be read along with.
   *
   * @throws IllegalArgumentException if not, or if the port or the token is out of range
   */
  public WebOptions {
    OptionFaults faults = new OptionFaults();
    faults.range("the port", port, 0, 65_535);
    if (token != null && token.length() < SHORTEST_TOKEN) {
      faults.add("the token must have at least %d characters".formatted(SHORTEST_TOKEN));
    }
    if (token == null && tls == null && !isLoopback(host)) {
      faults.add(
          ("other machines may reach %s: that needs a token file, a keystore for HTTPS, or both;"
                  + " or listen on 127.0.0.1")
              .formatted(host));
    }
    faults.throwIfAny("Cannot serve pages with these options");
  }

  /** For this machine alone. */
  public static WebOptions local(int port) {
    return new WebOptions("127.0.0.1", port, null, null);
  }

  /** Whether only this machine is served. */
  boolean isLocal() {
    return isLoopback(host);
  }

  /** Whether only this machine can reach an address. */
  public static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // and nobody can listen there
    }
  }

  /** Where a path is found at a port. */
  String url(int at, String path) {
    return "%s://%s:%d%s"
        .formatted(
            tls == null ? "http" : "https", host.contains(":") ? "[" + host + "]" : host, at, path);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "WebOptions[host=%s, port=%d, token=%s, tls=%s]"
        .formatted(host, port, token == null ? "none" : "[hidden]", tls);
  }
}
