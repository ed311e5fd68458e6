package dev.millrace.dashboard.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.dashboard.Dashboard;
import dev.millrace.dashboard.DashboardOptions;
import dev.millrace.dashboard.web.WebOptions;
import dev.millrace.schemas.Topics;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the dashboard serves of the flow, from records on the topics alone. */
@Timeout(60)
class FlowServedIT {
  private static final String VERDICT =
      "training waits 31% of the time for tensors since 14:02:05; 2 more augmenter threads would end it";

  @TempDir private Path folder;
  private final ObjectMapper json = new ObjectMapper();

  @Test
  void shouldServeTheFlowAsJsonAsAnEventAndAsGauges() throws Exception {
    try (TestStream stream = new TestStream(folder);
        HttpClient client = HttpClient.newHttpClient()) {
      Topics topics = stream.topics("served");
      stream.images(topics, 0, 0, 8);
      stream.tensors(topics, 0, 0, 5);
      stream.send(topics.progress(), TestStream.RUN, stream.progress(topics, 0, 1, false));
      stream.send(topics.deadLetters(), "", TestStream.undecoded(topics, 0, 2));
      DashboardOptions options =
          new DashboardOptions(WebOptions.local(0), DashboardOptions.USUAL_HISTORY_BYTES, "test");
      try (Dashboard dashboard = Dashboard.start(options, topics, stream.kafka())) {
        stream.send(
            topics.metrics(),
            TestStream.RUN,
            TestStream.step(Map.of("data_wait_share", 0.3, "images", 4.0), VERDICT));
        JsonNode flow = flow(client, dashboard);
        // These come by threads of their own: the test's time limit ends this.
        while (!flow.path("bottleneck").asText().equals("augmenters")
            || flow.path("lags").path(2).path("images").asLong(-1) != 3) {
          Thread.sleep(100);
          flow = flow(client, dashboard);
        }

        assertThat(flow.path("sentence").asText()).isEqualTo("T" + VERDICT.substring(1));
        assertThat(flow.path("dataWaitShare").asDouble()).isEqualTo(0.31);
        assertThat(flow.path("lags").path(0).path("service").asText()).isEqualTo("augmenters");
        assertThat(flow.path("lags").path(0).path("images").asLong()).isEqualTo(8);
        assertThat(flow.path("lags").path(2).path("run").asText()).isEqualTo(TestStream.RUN);
        assertThat(get(client, dashboard, "/metrics"))
            .contains(
                "millrace_lag_images{run=\"first\",service=\"trainer\",topic=\"served.tensors.train\"} 3.0",
                "millrace_lag_images{service=\"augmenters\",topic=\"served.images.train\"} 8.0",
                "millrace_bottleneck{stage=\"augmenters\"} 1.0",
                "millrace_bottleneck{stage=\"trainer\"} 0.0",
                "millrace_topic_kept_records{topic=\"served.tensors.train\"} 4.0",
                "millrace_workers{kind=\"trainer\"} 1.0")
            .doesNotContain("millrace_lag_records");
        assertThat(json.readTree(firstFlow(client, dashboard)).path("sentence"))
            .isEqualTo(flow.path("sentence"));
      }
    }
  }

  private JsonNode flow(HttpClient client, Dashboard dashboard) throws Exception {
    return json.readTree(get(client, dashboard, "/api/flow"));
  }

  private static String get(HttpClient client, Dashboard dashboard, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(dashboard.url(path))).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  private static String firstFlow(HttpClient client, Dashboard dashboard) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(dashboard.url("/api/events"))).build();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                client.send(request, BodyHandlers.ofInputStream()).body(),
                StandardCharsets.UTF_8))) {
      boolean isFlow = false;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        isFlow = line.startsWith("event:") ? line.endsWith("flow") : isFlow;
        if (isFlow && line.startsWith("data:")) {
          return line.substring("data:".length());
        }
      }
      throw new AssertionError("The events ended without one of the flow");
    }
  }
}
