package dev.millrace.pipeline.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A new folder that is deleted in the end, with all that is in it. */
public record TemporaryFolder(Path path) implements AutoCloseable {
  private static final String PREFIX = "millrace-";

  /**
   * Makes one.
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
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(path)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path one : deepestFirst) {
      Files.deleteIfExists(one);
    }
  }
}
