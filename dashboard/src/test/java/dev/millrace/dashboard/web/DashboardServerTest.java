package dev.millrace.dashboard.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the addresses answer. */
@Timeout(60)
class DashboardServerTest {
  private Served served;

  @BeforeEach
  void start() throws Exception {
    served = new Served();
  }

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void shouldServeThePageAndItsFiles() throws Exception {
    HttpResponse<String> page = served.get("/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(page.body()).startsWithIgnoringCase("<!doctype html>");

    HttpResponse<String> script = served.get("/assets/uplot/uPlot.esm.js");
    assertThat(script.headers().firstValue("Content-Type"))
        .hasValue("text/javascript; charset=utf-8");
    assertThat(script.body()).contains("uPlot");
    assertThat(served.get("/assets/uplot/uPlot.min.css").statusCode()).isEqualTo(200);
    assertThat(served.get("/assets/index.html").statusCode()).isEqualTo(200);

    String tag = page.headers().firstValue("ETag").orElseThrow();
    assertThat(served.get("/", "If-None-Match", tag).statusCode()).isEqualTo(304);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/assets/",
        "/assets/nothing.js",
        "/assets/package-info.class",
        "/assets/uplot/package.json",
        "/assets/..%2fDashboard.class",
        "/assets/%2e%2e%2f%2e%2e%2flogback.xml",
        "/assets/uplot/..%2f..%2f..%2f..%2fMANIFEST.MF",
        "/api/",
        "/api/runs/nobody",
        "/api/runs/a/b",
        "/api/series?run=nobody&split=train&values=loss",
        "/pictures/",
        "/pictures/kernels/a/2.png",
        "/metrics/more"
      })
  void shouldSayWhatIsNotThere(String path) throws Exception {
    HttpResponse<String> response = served.get(path);

    assertThat(response.statusCode()).as(response.body()).isIn(400, 404);
    assertThat(Served.JSON.readTree(response.body()).get("error").asText()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/series?split=train&values=loss|the parameter run is missing",
        "/api/series?run=a&values=loss|the parameter split is missing",
        "/api/series?run=a&split=test&values=loss|the parameter split must be train or validation",
        "/api/series?run=a&split=train|the parameter values is missing",
        "/api/series?run=a&split=train&values=loss&points=9|the parameter points must be a whole"
            + " number from 10 to 10000",
        "/api/series?run=a&split=train&values=loss&from=x|the parameter from must be a whole number"
            + " from -9223372036854775808 to 9223372036854775807",
        "/api/series?run=a&split=train&values=loss&axis=epoch|the parameter axis must be step or"
            + " time",
        "/api/dead-letters?limit=0|the parameter limit must be a whole number from 1 to 1000",
        "/api/pictures|the parameter run is missing"
      })
  void shouldSayWhatIsWrongWithAQuestion(String path, String error) throws Exception {
    HttpResponse<String> response = served.get(path);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Served.JSON.readTree(response.body()).get("error").asText()).isEqualTo(error);
  }

  @Test
  void shouldTellTheRuns() throws Exception {
    served.train("a", 7, 2.5);
    served.connection.set(new ConnectionView(false, "The brokers are away"));

    JsonNode runs = served.json("/api/runs");

    assertThat(runs.get("version").asText()).isEqualTo("1.2.3");
    assertThat(runs.get("prefix").asText()).isEqualTo("millrace");
    assertThat(runs.get("connected").asBoolean()).isFalse();
    assertThat(runs.get("problem").asText()).isEqualTo("The brokers are away");
    JsonNode run = runs.get("runs").get(0);
    assertThat(run.get("name").asText()).isEqualTo("a");
    assertThat(run.get("state").asText()).isEqualTo("training");
    assertThat(run.get("step").asLong()).isEqualTo(7);
    assertThat(run.get("lossNow").asDouble()).isEqualTo(2.5);
    assertThat(run.get("model").isNull()).isTrue();
    assertThat(run.size()).isEqualTo(16);
  }

  @Test
  void shouldTellOfOneRun() throws Exception {
    served.train("a", 1, 2.5);
    served.train("a", 2, Double.NaN);

    JsonNode run = served.json("/api/runs/a");

    assertThat(run.get("name").asText()).isEqualTo("a");
    assertThat(run.get("values").get("train").get(0).asText()).isEqualTo("loss");
    assertThat(run.get("newest").get("train").get("loss").isNull()).isTrue();
    assertThat(run.get("drops")).isEmpty();
    assertThat(run.get("bytesHeld").asLong()).isPositive();
  }

  @Test
  void shouldTellASeries() throws Exception {
    for (int step = 1; step <= 1000; step++) {
      served.train("a", step, step == 500 ? Double.POSITIVE_INFINITY : 1.0 / step);
    }

    JsonNode all = served.json("/api/series?run=a&split=train&values=loss,nothing&from=499&to=501");
    assertThat(all.get("records").asLong()).isEqualTo(1000);
    assertThat(all.get("series").size()).isEqualTo(1);
    JsonNode loss = all.get("series").get("loss");
    assertThat(loss.get("step").toString()).isEqualTo("[499,500,501]");
    assertThat(loss.get("time").size()).isEqualTo(3);
    assertThat(loss.get("value").get(1).isNull()).isTrue();

    JsonNode few = served.json("/api/series?run=a&split=train&values=loss&points=10&axis=time");
    assertThat(few.get("series").get("loss").get("step").size()).isEqualTo(10);
    assertThat(served.json("/api/series?run=a&split=validation&values=loss").get("series"))
        .isEmpty();
  }

  @Test
  void shouldTellCheckpointsAndDeadLetters() throws Exception {
    served.checkpoint("a", 10);
    served.checkpoint("b", 20);
    served.deadLetter(3, "x");
    served.deadLetter(4, "y");

    JsonNode checkpoints = served.json("/api/checkpoints?run=a").get("checkpoints");
    assertThat(checkpoints.size()).isEqualTo(1);
    assertThat(checkpoints.get(0).get("step").asLong()).isEqualTo(10);
    assertThat(checkpoints.get(0).get("kept").asBoolean()).isTrue();
    assertThat(checkpoints.get(0).has("kernels")).isTrue();
    assertThat(served.json("/api/checkpoints").get("checkpoints").size()).isEqualTo(2);

    JsonNode letters = served.json("/api/dead-letters?limit=1");
    assertThat(letters.get("total").asLong()).isEqualTo(2);
    assertThat(letters.get("kept").asLong()).isEqualTo(2);
    assertThat(letters.get("letters").get(0).get("id").asText()).isEqualTo("y");
    assertThat(letters.get("letters").get(0).get("thumbnail").asText())
        .isEqualTo("/pictures/dead-letters/4.png");
    assertThat(served.json("/api/dead-letters?before=4").get("letters").get(0).get("id").asText())
        .isEqualTo("x");
  }

  @Test
  void shouldTellFlowPicturesAndMetrics() throws Exception {
    assertThat(served.json("/api/flow").get("bottleneck").asText()).isEqualTo("none");
    assertThat(served.json("/api/pictures?run=a").get("kernels").get(0).get("step").asInt())
        .isEqualTo(1);
    HttpResponse<String> picture = served.get("/pictures/kernels/a/1.png");
    assertThat(picture.headers().firstValue("Content-Type")).hasValue("image/png");
    assertThat(picture.headers().firstValue("Cache-Control"))
        .hasValueSatisfying(value -> assertThat(value).contains("immutable"));

    assertThat(served.get("/metrics").body()).contains("millrace_tested 1.0");
    HttpResponse<String> open =
        served.get("/metrics", "Accept", "application/openmetrics-text; version=1.0.0");
    assertThat(open.headers().firstValue("Content-Type"))
        .hasValueSatisfying(value -> assertThat(value).startsWith("application/openmetrics-text"));
    assertThat(open.body()).endsWith("# EOF\n");
  }

  /** Names as somebody might give them who means harm. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "a/b",
        "..",
        "a%2Fb",
        "a+b c",
        "a\nb",
        "événement \u202e",
        "';--"
      })
  void shouldGiveHostileNamesAsDataAlone(String name) throws Exception {
    served.train(name, 1, 2.5);
    served.checkpoint(name, 1);
    served.deadLetter(1, name);
    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");

    String[] paths = {
      "/api/runs",
      "/api/checkpoints?run=" + encoded,
      "/api/dead-letters",
      "/api/series?run=" + encoded + "&split=train&values=loss"
    };
    for (String path : paths) {
      HttpResponse<String> response = served.get(path);
      assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
      assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(strings(Served.JSON.readTree(response.body()))).as(path).contains(name);
    }
    if (!name.equals("..")) { // which clients take away themselves
      assertThat(served.json("/api/runs/" + encoded).get("name").asText()).isEqualTo(name);
    }
    assertThat(served.get("/nothing/" + encoded).body()).doesNotContain("<script>", "<img");
  }

  private static List<String> strings(JsonNode node) {
    return node.isTextual()
        ? List.of(node.asText())
        : StreamSupport.stream(node.spliterator(), false)
            .flatMap(child -> strings(child).stream())
            .toList();
  }

  @Test
  void shouldAnswerHeadWithoutABody() throws Exception {
    for (String path : new String[] {"/", "/api/runs", "/api/events"}) {
      HttpResponse<String> response = served.send("HEAD", path);

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEmpty();
    }
  }

  @Test
  void shouldTellTheShapeOfAMillionPoints() throws Exception {
    Instant start = Instant.parse("2026-01-01T00:00:00Z");
    for (int step = 1; step <= 1_000_000; step++) {
      Map<String, Double> values = Map.of("loss", 10 / Math.sqrt(step) + Math.sin(step) / 10);
      served.history.metric(
          new TrainingMetric(
              "a", (long) step, 0, Split.TRAIN, start.plusMillis(100L * step), values, ""));
    }

    JsonNode answer = served.json("/api/series?run=a&split=train&values=loss&points=2000");

    assertThat(answer.get("records").asLong()).isEqualTo(1_000_000);
    assertThat(answer.get("series").get("loss").get("step").size()).isEqualTo(2000);
  }
}
