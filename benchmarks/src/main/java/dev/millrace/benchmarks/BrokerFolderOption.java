package dev.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a benchmark's broker keeps its topics. */
final class BrokerFolderOption {
  @Option(
      names = "--broker-dir",
      paramLabel = "DIR",
      description = "Where the broker keeps its topics. Default: a folder that is deleted.")
  private @Nullable Path path;

  /** The caller closes it. */
  Folder open() throws IOException {
    return Folder.of(path);
  }
}
