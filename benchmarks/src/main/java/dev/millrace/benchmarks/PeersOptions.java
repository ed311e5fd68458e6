package dev.millrace.benchmarks;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the peers are measured with, if they are. */
final class PeersOptions {
  @Option(
      names = "--python",
      paramLabel = "PYTHON",
      description =
          "A Python with the peers' libraries, to measure them in the same run. Default: they are"
              + " not measured.")
  private @Nullable String python;

  @Option(
      names = "--peers",
      paramLabel = "DIR",
      hidden = true,
      description = "Folder of the peers' scripts.")
  private Path scripts = Path.of("benchmarks", "peers");

  /** The interpreter, or null where they are not to be measured. */
  @Nullable String python() {
    return python;
  }

  Path scripts() {
    return scripts;
  }
}
