package dev.millrace.pipeline.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every command has. */
public final class CommonOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Settings, one option-name=value a line. Options may also be environment variables:"
              + " --data-dir is MILLRACE_DATA_DIR.")
  private @Nullable Path config;

  @Option(
      names = "--verbose",
      description = "Show log lines of all parts and, when something fails, where.")
  private boolean verbose;

  /** Whether to show everything. */
  public boolean verbose() {
    return verbose;
  }

  /** The settings file, if one was named. */
  public @Nullable Path config() {
    return config;
  }
}
