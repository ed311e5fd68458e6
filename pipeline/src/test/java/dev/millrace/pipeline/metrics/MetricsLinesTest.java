package dev.millrace.pipeline.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetricsLinesTest {
  private final StringWriter out = new StringWriter();

  private static TrainingMetric metric(String run, Map<String, Double> values, String verdict) {
    return new TrainingMetric(
        run, 7L, 1, Split.TRAIN, Instant.parse("2026-01-01T00:00:00.250Z"), values, verdict);
  }

  private static void write(MetricsLines lines, TrainingMetric metric) throws IOException {
    lines.line(metric, new TreeMap<>(metric.getValues()));
  }

  @Test
  void jsonShouldKeepEveryNumberExactly() throws IOException {
    write(new JsonLines(out), metric("a", Map.of("loss", 0.1 + 0.2, "rate", 1e-10), ""));

    JsonNode line = new ObjectMapper().readTree(out.toString());
    assertThat(line.at("/values/loss").doubleValue()).isEqualTo(0.1 + 0.2);
    assertThat(line.at("/values/rate").doubleValue()).isEqualTo(1e-10);
    assertThat(line.at("/time").textValue()).isEqualTo("2026-01-01T00:00:00.250Z");
    assertThat(line.at("/step").longValue()).isEqualTo(7);
    assertThat(line.at("/epoch").intValue()).isEqualTo(1);
    assertThat(line.at("/split").textValue()).isEqualTo("train");
  }

  @Test
  void jsonShouldSayNullOfWhatIsNoNumber() throws IOException {
    write(new JsonLines(out), metric("a", Map.of("loss", Double.NaN, "norm", 1.0 / 0), ""));

    assertThat(out.toString()).contains("{\"loss\":null,\"norm\":null}");
  }

  @Test
  void jsonShouldKeepOneLineWhateverTheTextsHold() throws IOException {
    MetricsLines lines = new JsonLines(out);
    write(lines, metric("a\n\"b\u001b[2J", Map.of(), "x\r\n"));
    write(lines, metric("c", Map.of(), ""));

    List<String> all = out.toString().lines().toList();
    assertThat(all).hasSize(2);
    assertThat(new ObjectMapper().readTree(all.getFirst()).at("/run").textValue())
        .isEqualTo("a\n\"b\u001b[2J");
  }

  @Test
  void csvShouldQuoteWhatItsOwnSignsWouldBreak() throws IOException {
    write(new CsvLines(out, List.of("loss"), _ -> {}), metric("a,\"b\"\nc", Map.of(), "x, y"));

    assertThat(out)
        .hasToString("2026-01-01T00:00:00.250Z,\"a,\"\"b\"\"\nc\",train,7,1,,\"x, y\"\n");
  }

  @Test
  void csvShouldTellOnceOfAValueWithoutColumn() throws IOException {
    List<String> told = new ArrayList<>();
    MetricsLines lines = new CsvLines(out, List.of("loss"), told::add);
    lines.begin();
    write(lines, metric("a", Map.of("loss", Double.NaN, "new", 2.0), ""));
    write(lines, metric("a", Map.of("loss", 1.5, "new", 2.0), ""));

    assertThat(told).containsExactly("new");
    assertThat(out.toString().lines())
        .containsExactly(
            "time,run,split,step,epoch,loss,verdict",
            "2026-01-01T00:00:00.250Z,a,train,7,1,NaN,",
            "2026-01-01T00:00:00.250Z,a,train,7,1,1.5,");
  }
}
