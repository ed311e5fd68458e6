package dev.millrace.benchmarks;

import java.util.concurrent.Callable;
import picocli.CommandLine;

/** How all benchmarks read their arguments. */
final class BenchmarkCommand {
  private BenchmarkCommand() {}

  /** A command line for a benchmark: of an option that is given twice the later one counts. */
  static CommandLine of(Callable<Integer> benchmark) {
    return new CommandLine(benchmark)
        .setOverwrittenOptionsAllowed(true)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }
}
