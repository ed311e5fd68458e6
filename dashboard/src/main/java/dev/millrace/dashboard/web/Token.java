package dev.millrace.dashboard.web;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * What clients must know. Programs send it in the header Authorization; a browser brings it once
 * and keeps a cookie that is derived from it. Compared in a time that does not depend on how much
 * of it is right.
 */
final class Token {
  private static final String SCHEME = "bearer ";
  private static final int NAME_DIGITS = 8;

  private final byte[] token;
  private final String cookieName;
  private final String session;

  Token(String token) {
    this.token = token.getBytes(StandardCharsets.UTF_8);
    this.session = derived("session");
    // Browsers share cookies between ports: another dashboard's must not be overwritten.
    this.cookieName = "millrace-" + derived("cookie").substring(0, NAME_DIGITS);
  }

  private String derived(String purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(token, "HmacSHA256"));
      byte[] digest = mac.doFinal(("millrace " + purpose).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has HmacSHA256", e);
    }
  }

  /** Whether it is the token. */
  boolean is(String given) {
    return same(given, token);
  }

  /** Whether a request shows that its sender knows the token. */
  boolean knownBy(Request request) {
    String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    if (header != null && header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return is(header.substring(SCHEME.length()).strip());
    }
    return Request.getCookies(request).stream()
        .filter(cookie -> cookie.getName().equals(cookieName))
        .anyMatch(cookie -> isSession(cookie.getValue()));
  }

  private boolean isSession(@Nullable String given) {
    return given != null && same(given, session.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean same(String given, byte[] right) {
    return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), right);
  }

  /** What a browser keeps of it. */
  HttpCookie cookie(boolean secure) {
    return HttpCookie.build(cookieName, session)
        .httpOnly(true)
        .secure(secure)
        .sameSite(HttpCookie.SameSite.STRICT)
        .path("/")
        .build();
  }
}
