package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFileTest {
  private static final Measurement MEASUREMENT =
      new Measurement("augment.paper.prepared", 2, 3000, 2, 4);

  @TempDir private Path folder;

  @Test
  void shouldTellSpeedAndCost() {
    assertThat(MEASUREMENT.perSecond()).isEqualTo(1500);
    assertThat(MEASUREMENT.perCpuSecond()).isEqualTo(750);
    assertThat(MEASUREMENT.line()).hasSameSizeAs(Measurement.header()).endsWith(" 1.33");
  }

  @Test
  void shouldWriteFiguresAsJson() throws Exception {
    Path file = folder.resolve("results/augmenter.json");

    new ResultFile("augmenter", Path.of("a \"b\""))
        .write(file, List.of(MEASUREMENT), Map.of("ratio", 1.5));

    assertThat(Files.readString(file))
        .contains("\"data\": \"a \\\"b\\\"\"")
        .contains("\"augment.paper.prepared.threads2\": 750.000,")
        .contains("\"augment.paper.prepared.threads2.speed\": 1500.000,")
        .contains("\"ratio\": 1.500\n");
  }
}
