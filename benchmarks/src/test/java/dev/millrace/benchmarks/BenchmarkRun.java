package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * A benchmark's command that ran to its end.
 *
 * @param printed what it printed
 * @param figures the flat object of figures in its file of results
 */
record BenchmarkRun(String printed, JsonNode figures) {
  /** Runs a command, which must succeed. */
  static BenchmarkRun of(CommandLine command, Path results, String... options) throws IOException {
    StringWriter printed = new StringWriter();
    command.setOut(new PrintWriter(printed));

    int exitCode =
        command.execute(
            Stream.concat(Stream.of(options), Stream.of("--results", results.toString()))
                .toArray(String[]::new));

    assertThat(exitCode).as(printed.toString()).isZero();
    JsonNode figures = new ObjectMapper().readTree(results.toFile()).path("figures");
    return new BenchmarkRun(printed.toString(), figures);
  }
}
