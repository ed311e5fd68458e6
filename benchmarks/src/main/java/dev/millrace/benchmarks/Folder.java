package dev.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a benchmark keeps files: a broker's topics, images.
 *
 * @param path the folder
 * @param deleted whether it is deleted in the end
 */
record Folder(Path path, boolean deleted) implements AutoCloseable {
  /** The folder that was asked for, or a new one that is deleted in the end. */
  static Folder of(@Nullable Path wanted) throws IOException {
    return wanted == null ? temporary() : new Folder(wanted, false);
  }

  /** A new folder that is deleted in the end. */
  static Folder temporary() throws IOException {
    return new Folder(Files.createTempDirectory("millrace-benchmark"), true);
  }

  @Override
  public void close() throws IOException {
    if (!deleted) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(path)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path one : deepestFirst) {
      Files.deleteIfExists(one);
    }
  }
}
