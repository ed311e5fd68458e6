package dev.millrace.dashboard.pictures;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Where pictures are on this server. What has an {@code at} never changes. */
final class PictureUrls {
  private PictureUrls() {}

  static String kernels(String run, long step, long at) {
    return "/pictures/kernels/%s/%d.png?at=%d".formatted(encoded(run), step, at);
  }

  static String preview(int index, long at) {
    return "/pictures/preview/%d.png?at=%d".formatted(index, at);
  }

  static String mistake(String run, long step, int index, long at) {
    return "/pictures/mistakes/%s/%d/%d.png?at=%d".formatted(encoded(run), step, index, at);
  }

  static String deadLetter(long offset) {
    return "/pictures/dead-letters/%d.png".formatted(offset);
  }

  private static String encoded(String run) {
    return URLEncoder.encode(run, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
