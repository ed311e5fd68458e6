package dev.millrace.producer.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reaches archives elsewhere; holds the clients, which begin when one is needed. */
public final class RemoteArchives implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Pattern USER = Pattern.compile("//([^/@]*)@");

  private final @Nullable String authorization;
  private final Retries retries;
  private final Stalls stalls;
  private @Nullable HttpClient http;
  private @Nullable S3Store s3;

  /**
   * Prepares; reaches nothing yet.
   *
   * @param authorization what web servers get as the header of that name, or null
   */
  public RemoteArchives(@Nullable String authorization) {
    this(authorization, Retries.USUAL, Stalls.USUAL);
  }

  /** With the limits that it goes by. */
  RemoteArchives(@Nullable String authorization, Retries retries, Duration stall) {
    this.authorization = authorization;
    this.retries = retries;
    this.stalls = new Stalls(stall);
  }

  /**
   * An archive on a web server.
   *
   * @param url may name a user and a password, which are sent to that server
   * @throws IOException if that is no address
   */
  public synchronized Archive http(String url) throws IOException {
    Matcher user = USER.matcher(url);
    URI uri;
    String own = authorization;
    try {
      uri = new URI(user.replaceFirst("//"));
      if (user.find(0)) {
        own = basic(URLDecoder.decode(user.group(1).replace("+", "%2B"), UTF_8));
      }
    } catch (URISyntaxException e) {
      throw new IOException("no address of the form https://host/path: " + e.getReason(), e);
    } catch (IllegalArgumentException e) {
      throw new IOException("its user and password are not encoded as addresses must be", e);
    }
    if (uri.getHost() == null) {
      throw new IOException("no address of the form https://host/path: it names no host");
    }
    if (http == null) {
      http =
          HttpClient.newBuilder()
              // A connection each: in one of HTTP/2, archives whose turn it is not would fill the
              // window of the one whose turn it is.
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(CONNECT)
              .build();
    }
    return new HttpArchive(http, uri, own, stalls, retries);
  }

  private static String basic(String user) {
    return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
  }

  /**
   * An archive in a bucket.
   *
   * @throws IOException if the store is not known
   */
  public Archive s3(S3Key key) throws IOException {
    return new S3Archive(store(), key, retries);
  }

  /**
   * The store that buckets are in.
   *
   * @throws IOException if it is not known
   */
  public synchronized S3Store store() throws IOException {
    if (s3 == null) {
      s3 = S3Store.open();
    }
    return s3;
  }

  @Override
  public synchronized void close() {
    stalls.close();
    if (http != null) {
      http.shutdownNow();
    }
    if (s3 != null) {
      s3.close();
    }
  }
}
