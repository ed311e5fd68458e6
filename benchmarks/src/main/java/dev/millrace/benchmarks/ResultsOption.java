package dev.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a benchmark's figures go, if anywhere but the screen. */
final class ResultsOption {
  @Option(
      names = "--results",
      paramLabel = "FILE",
      description = "Where the figures are written as JSON.")
  private @Nullable Path file;

  void write(ResultFile result, Map<String, Double> figures) throws IOException {
    if (file != null) {
      result.write(file, figures);
    }
  }

  void write(ResultFile result, List<Measurement> measured, Map<String, Double> others)
      throws IOException {
    if (file != null) {
      result.write(file, measured, others);
    }
  }
}
