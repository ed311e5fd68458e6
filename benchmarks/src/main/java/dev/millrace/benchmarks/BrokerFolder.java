package dev.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a benchmark's broker keeps its topics.
 *
 * @param path the folder
 * @param temporary whether it is deleted in the end
 */
record BrokerFolder(Path path, boolean temporary) implements AutoCloseable {
  /** The folder that was asked for, or a new one that is deleted in the end. */
  static BrokerFolder of(@Nullable Path wanted) throws IOException {
    return wanted == null
        ? new BrokerFolder(Files.createTempDirectory("millrace-benchmark"), true)
        : new BrokerFolder(wanted, false);
  }

  @Override
  public void close() throws IOException {
    if (!temporary) {
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
