package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(900)
class RecoveryBenchmarkIT {
  private static final String EPOCHS = "150"; // enough to be under way at the last kill

  @TempDir private Path folder;

  @Test
  void shouldHaveTheSameWeightsWhenEachServiceIsKilledTenTimes() throws Exception {
    JsonNode figures =
        BenchmarkRun.of(
                RecoveryBenchmark.command(),
                folder.resolve("recovery.json"),
                "--kills",
                "30",
                "--epochs",
                EPOCHS,
                "--longest-pause",
                "3")
            .figures();

    assertThat(figures.path("recovery.kills").asInt()).isEqualTo(30);
    assertThat(figures.path("recovery.lost").asInt(-1)).isZero();
    assertThat(figures.path("recovery.duplicated").asInt(-1)).isZero();
    assertThat(figures.path("recovery.bit_identical").asInt()).isOne();
  }
}
