package dev.millrace.producer.follow;

import dev.millrace.producer.arrivals.Fingerprint;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * What tells whether a file has changed.
 *
 * @param size length in bytes
 * @param modifiedAt when it was modified last
 */
record FileState(long size, Instant modifiedAt) {
  static FileState of(BasicFileAttributes attributes) {
    return new FileState(attributes.size(), attributes.lastModifiedTime().toInstant());
  }

  int fingerprint() {
    return Fingerprint.of(size, modifiedAt, "");
  }
}
