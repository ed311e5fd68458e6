package dev.millrace.pipeline.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder that is deleted in the end, with all that is in it, where it is still there then; links
 * are deleted, not what they lead to.
 */
public record TemporaryFolder(Path path) implements AutoCloseable {
  private static final String PREFIX = "millrace-";

  /**
   * Makes a new one.
   *
   * @param parent where; null for the system's folder for such
   */
  public static TemporaryFolder in(@Nullable Path parent) throws IOException {
    return new TemporaryFolder(
        parent == null
            ? Files.createTempDirectory(PREFIX)
            : Files.createTempDirectory(Files.createDirectories(parent), PREFIX));
  }

  @Override
  public void close() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(path)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path one : deepestFirst) {
      Files.deleteIfExists(one);
    }
  }
}
