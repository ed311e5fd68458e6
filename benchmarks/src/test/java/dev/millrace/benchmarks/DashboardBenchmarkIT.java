package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class DashboardBenchmarkIT {
  @TempDir private Path folder;

  @Test
  void shouldBringEveryRecordToEveryStreamOnceAndInOrder() throws Exception {
    JsonNode figures =
        BenchmarkRun.of(
                DashboardBenchmark.command(),
                folder.resolve("dashboard.json"),
                "--rate",
                "500",
                "--seconds",
                "4",
                "--clients",
                "20",
                "--slow-clients",
                "0",
                "--runs",
                "3",
                "--earlier",
                "5000")
            .figures();

    assertThat(figures.path("dashboard.published").asInt()).isEqualTo(2000);
    assertThat(figures.path("dashboard.received").asInt()).isEqualTo(40_000);
    assertThat(figures.path("dashboard.lost").asInt(-1)).isZero();
    assertThat(figures.path("dashboard.clients.lost").asInt(-1)).isZero();
    assertThat(figures.path("dashboard.series.ms.p50").asDouble()).isPositive();
  }
}
