package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(900)
class RecoveryBenchmarkIT {
  private static final String EPOCHS = "150"; // enough to be under way at the last kill

  @TempDir private Path folder;

  @Test
  void shouldHaveTheSameWeightsWhenEachServiceIsKilledTenTimes() throws Exception {
    Path results = folder.resolve("recovery.json");
    CommandLine command = RecoveryBenchmark.command();
    StringWriter printed = new StringWriter();
    command.setOut(new PrintWriter(printed));

    int exitCode =
        command.execute(
            "--kills",
            "30",
            "--epochs",
            EPOCHS,
            "--longest-pause",
            "3",
            "--results",
            results.toString());

    assertThat(exitCode).as(printed.toString()).isZero();
    JsonNode figures = new ObjectMapper().readTree(results.toFile()).path("figures");
    assertThat(figures.path("recovery.kills").asInt()).isEqualTo(30);
    assertThat(figures.path("recovery.lost").asInt(-1)).isZero();
    assertThat(figures.path("recovery.duplicated").asInt(-1)).isZero();
    assertThat(figures.path("recovery.bit_identical").asInt()).isOne();
  }
}
