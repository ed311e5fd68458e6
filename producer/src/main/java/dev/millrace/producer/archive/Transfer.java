package dev.millrace.producer.archive;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request for the bytes of something elsewhere.
 *
 * @param bytes from the place that was asked for
 * @param length of all of it, also before that place; -1 where it was not said
 * @param version changes when the content does; null where it was not said
 */
record Transfer(InputStream bytes, long length, @Nullable String version) implements AutoCloseable {
  /** Asks for bytes. */
  interface Source {
    /**
     * Asks for the bytes from a place on.
     *
     * @param version that the bytes before were of, or null
     * @throws RefusedException if trying again is of no use
     */
    Transfer begin(long offset, @Nullable String version) throws IOException;
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
