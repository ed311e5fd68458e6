package dev.millrace.producer.dataset;

import dev.millrace.producer.archive.Archive;
import dev.millrace.producer.archive.Compression;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * An archive of a dataset.
 *
 * @param split that its name tells, or null
 */
record Shard(Archive archive, Compression compression, @Nullable Split split) {
  /** Whether its images can only be read one behind the other. */
  boolean isStream() {
    return compression != Compression.NONE || !archive.isLocal();
  }

  /** Opens what it holds at a place; the caller closes it. */
  InputStream open(long offset) throws IOException {
    return compression.open(archive, offset);
  }

  @Override
  public String toString() {
    return archive.toString();
  }
}
