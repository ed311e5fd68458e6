package dev.millrace.producer.upload;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What clients must know. Compared in a time that does not depend on how much of it is right. */
final class BearerToken {
  private static final String SCHEME = "bearer ";

  private final byte[] token;

  BearerToken(String token) {
    this.token = token.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Checks the header Authorization.
   *
   * @param header its value, or null where there is none
   * @throws RefusedUploadException if it does not hold the token
   */
  void require(@Nullable String header) throws RefusedUploadException {
    if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw new RefusedUploadException(
          401, "the header \"Authorization: Bearer TOKEN\" is missing");
    }
    byte[] given = header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, token)) {
      throw new RefusedUploadException(401, "the token in the header Authorization is not the one");
    }
  }
}
