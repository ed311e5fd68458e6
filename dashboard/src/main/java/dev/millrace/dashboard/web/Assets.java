package dev.millrace.dashboard.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** The page's own files, out of the jar. Only names without a path are looked up. */
final class Assets {
  private static final String PAGE = "/dev/millrace/dashboard/page/";
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
  private static final Map<String, String> UPLOT_FILES =
      Map.of("uPlot.esm.js", UPLOT + "uPlot.esm.js", "uPlot.min.css", UPLOT + "uPlot.min.css");
  private static final Pattern FILE =
      Pattern.compile("[a-zA-Z][a-zA-Z0-9-]{0,60}\\.(html|css|js|svg|png|ico)");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon");
  private static final int TAG_DIGITS = 32;

  private final Map<String, Asset> known = new ConcurrentHashMap<>();

  /**
   * A file.
   *
   * @param tag changes with the bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Asset(byte[] bytes, String type, String tag) {}

  /** The page's frame. */
  Answer index(Query query) throws RefusedException {
    return answer(query, PAGE + "index.html");
  }

  /** A file below {@code /assets}. */
  Answer file(Query query) throws RefusedException {
    String resource = resource(query.path().subList(1, query.path().size()).toArray(String[]::new));
    if (resource == null) {
      throw new RefusedException(404, "there is no such file");
    }
    return answer(query, resource);
  }

  private static @Nullable String resource(String... parts) {
    if (parts.length == 2 && parts[0].equals("uplot")) {
      return UPLOT_FILES.get(parts[1]);
    }
    return parts.length == 1 && FILE.matcher(parts[0]).matches() ? PAGE + parts[0] : null;
  }

  private Answer answer(Query query, String resource) throws RefusedException {
    Asset asset = known.computeIfAbsent(resource, Assets::load);
    if (asset == null) {
      throw new RefusedException(404, "there is no such file");
    }
    Map<String, String> headers = Map.of("Cache-Control", "no-cache", "ETag", asset.tag);
    return asset.tag.equals(query.header(HttpHeader.IF_NONE_MATCH))
        ? new Answer(304, asset.type, headers, new byte[0])
        : new Answer(200, asset.type, headers, asset.bytes);
  }

  private static @Nullable Asset load(String resource) {
    try (InputStream in = Assets.class.getResourceAsStream(resource)) {
      if (in == null) {
        return null;
      }
      byte[] bytes = in.readAllBytes();
      String ending = resource.substring(resource.lastIndexOf('.') + 1);
      return new Asset(bytes, TYPES.getOrDefault(ending, "application/octet-stream"), tag(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + resource, e);
    }
  }

  private static String tag(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return '"' + HexFormat.of().formatHex(digest).substring(0, TAG_DIGITS) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
