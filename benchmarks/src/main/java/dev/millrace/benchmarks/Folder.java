package dev.millrace.benchmarks;

import dev.millrace.pipeline.state.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a benchmark keeps files: a broker's topics, images.
 *
 * @param path the folder
 * @param deleted the same where it is deleted in the end, null where it stays
 */
record Folder(Path path, @Nullable TemporaryFolder deleted) implements AutoCloseable {
  /** The folder that was asked for, or a new one that is deleted in the end. */
  static Folder of(@Nullable Path wanted) throws IOException {
    return wanted == null ? temporary() : new Folder(wanted, null);
  }

  /** A new folder that is deleted in the end. */
  static Folder temporary() throws IOException {
    TemporaryFolder made = TemporaryFolder.in(null);
    return new Folder(made.path(), made);
  }

  @Override
  public void close() throws IOException {
    if (deleted != null) {
      deleted.close();
    }
  }
}
