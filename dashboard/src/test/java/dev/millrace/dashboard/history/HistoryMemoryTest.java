package dev.millrace.dashboard.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A history in a heap that would not hold half of what it is told. */
class HistoryMemoryTest {
  private static final int RECORDS = 400_000;
  private static final int VALUES = 16;

  @Test
  @Timeout(120)
  void shouldGetAlongWithALittleMoreThanItsBytes() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx48m",
                    "-XX:+UseSerialGC",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-cp",
                    System.getProperty("java.class.path"),
                    HistoryMemoryTest.class.getName()))
            .redirectErrorStream(true)
            .start();
    String output;
    try (var from = process.getInputStream()) {
      output = new String(from.readAllBytes(), StandardCharsets.UTF_8);
    }

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains(RECORDS + " records");
  }

  /** Tells a history 400,000 records of sixteen values: 102 MB as points. */
  public static void main(String[] arguments) {
    History history = new History(16 << 20, InstantSource.system());
    for (long step = 1; step <= RECORDS; step++) {
      Map<String, Double> values = new HashMap<>();
      for (int i = 0; i < VALUES; i++) {
        values.put("value_" + i, (double) (step + i));
      }
      history.metric(
          new TrainingMetric("run", step, 0, Split.TRAIN, Instant.ofEpochMilli(step), values, ""));
    }
    System.out.println(history.records("run", Split.TRAIN) + " records");
  }
}
