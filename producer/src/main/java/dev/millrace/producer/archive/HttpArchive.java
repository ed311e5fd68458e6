package dev.millrace.producer.archive;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** An archive on a web server. Its text form leaves out what may be secret: user and query. */
public final class HttpArchive implements Archive {
  private static final int MOST_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  private final HttpClient client; // follows no redirects
  private final URI uri;
  private final @Nullable String authorization;
  private final Stalls stalls;
  private final Retries retries;

  /**
   * Describes it.
   *
   * @param uri without a user
   * @param authorization the header of that name for the server of the address, and no other
   */
  HttpArchive(
      HttpClient client, URI uri, @Nullable String authorization, Stalls stalls, Retries retries) {
    this.client = client;
    this.uri = uri;
    this.authorization = authorization;
    this.stalls = stalls;
    this.retries = retries;
  }

  @Override
  public String path() {
    return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getPath();
  }

  @Override
  public Archive beside(String name) {
    return new HttpArchive(client, uri.resolve(name), authorization, stalls, retries);
  }

  @Override
  public boolean isLocal() {
    return false;
  }

  @Override
  public long length() {
    return -1;
  }

  @Override
  public InputStream open(long offset) {
    return new ResumingInputStream(this::begin, toString(), offset, retries);
  }

  private Transfer begin(long offset, @Nullable String version) throws IOException {
    HttpResponse<InputStream> response = follow(offset, version);
    InputStream body = stalls.guard(response.body());
    try {
      return transfer(response, body, offset, version);
    } catch (IOException e) {
      body.close();
      throw e;
    }
  }

  private Transfer transfer(
      HttpResponse<InputStream> response, InputStream body, long offset, @Nullable String version)
      throws IOException {
    int status = response.statusCode();
    String found = response.headers().firstValue("etag").orElse(null);
    if (status == 206) {
      Matcher range =
          CONTENT_RANGE.matcher(response.headers().firstValue("content-range").orElse(""));
      if (!range.matches() || Long.parseLong(range.group(1)) != offset) {
        throw new RefusedException("the server gives other bytes than those that were asked for");
      }
      return new Transfer(
          body, range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2)), found);
    }
    if (status == 200) {
      if (version != null && !version.equals(found)) {
        throw new RefusedException("it has changed while it was read");
      }
      body.skipNBytes(offset); // a server that knows no ranges
      return new Transfer(
          body, response.headers().firstValueAsLong("content-length").orElse(-1), found);
    }
    if (status == 416) {
      throw new RefusedException("it has fewer than %,d bytes".formatted(offset));
    }
    String problem = "the server answers with status " + status;
    throw PASSING.contains(status) ? new IOException(problem) : new RefusedException(problem);
  }

  // Not the client's own following, which would hand the header to whatever server it is sent to.
  private HttpResponse<InputStream> follow(long offset, @Nullable String version)
      throws IOException {
    URI at = uri;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpResponse<InputStream> response = send(request(at, offset, version));
      Optional<String> location = response.headers().firstValue("location");
      if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
        return response;
      }
      response.body().close();
      URI next = at.resolve(location.get());
      if (at.getScheme().equals("https") && !"https".equals(scheme(next))) {
        throw new RefusedException("the server sends on from https to " + scheme(next));
      }
      at = next;
    }
    throw new RefusedException("the server sends on more than %d times".formatted(MOST_REDIRECTS));
  }

  private static String scheme(URI uri) {
    return String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
  }

  private HttpRequest request(URI at, long offset, @Nullable String version) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at)
            .timeout(Duration.ofSeconds(60)) // until the answer begins
            .header("Accept-Encoding", "identity");
    if (authorization != null && sameServer(at)) {
      request.header("Authorization", authorization);
    }
    if (offset > 0) {
      request.header("Range", "bytes=%d-".formatted(offset));
      if (version != null && !version.startsWith("W/")) {
        request.header("If-Range", version);
      }
    }
    return request.build();
  }

  private boolean sameServer(URI at) {
    return scheme(at).equals(scheme(uri))
        && Objects.equals(at.getHost(), uri.getHost())
        && at.getPort() == uri.getPort();
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (SSLHandshakeException e) {
      throw new RefusedException("no secure connection: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public String toString() {
    return path();
  }
}
