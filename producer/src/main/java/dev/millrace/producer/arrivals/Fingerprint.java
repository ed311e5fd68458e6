package dev.millrace.producer.arrivals;

import java.time.Instant;

/** Tells whether an image that comes again under an id is the same. */
public final class Fingerprint {
  private Fingerprint() {}

  /**
   * A file's follows from its length and time, so that it need not be read again; an upload's,
   * which has no time, from its bytes.
   *
   * @param size length in bytes
   * @param modifiedAt when the file was modified last; 1970 for uploads
   * @param sha256 of the bytes, hexadecimal; only uploads need it
   */
  public static int of(long size, Instant modifiedAt, String sha256) {
    long millis = modifiedAt.toEpochMilli();
    return millis == 0
        ? 31 * Long.hashCode(size) + sha256.hashCode()
        : Long.hashCode(size * 0x9E3779B97F4A7C15L + millis);
  }
}
