package dev.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.demo.DemoImages;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that Prometheus watches, with the settings and the panels of docker-compose.yml. */
@Timeout(300)
class PrometheusIT {
  private static final Path DOCKER = Path.of("../docker").toAbsolutePath().normalize();
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, URI> pages = new LinkedHashMap<>();
  private Path token = Path.of("token");
  private String servers = "";

  @Test
  void shouldAnswerEveryPanelOfTheDashboard() throws Exception {
    assumeTrue(
        has("prometheus") && has("promtool"),
        "No prometheus and promtool here: apt-get install prometheus");
    Path images = folder.resolve("images");
    DemoImages.write(images, 1, 8, 1); // 12 classes
    token = folder.resolve("token");
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of())) {
      servers = broker.bootstrapServers();
      try (MillraceProcess producer =
              service("produce", "--data", images.toString(), "--images-ahead", "4MiB");
          MillraceProcess augmenter =
              service("augment", "--model", "cifar10-quick", "--tensors-ahead", "4MiB");
          MillraceProcess trainer =
              service("train", "--model", "cifar10-quick", "--threads", "1", "--epochs", "100000");
          MillraceProcess dashboard = service("dashboard")) {
        page("producer", producer, "Metrics at (\\S+)");
        page("augmenter", augmenter, "Metrics at (\\S+)");
        page("trainer", trainer, "Metrics at (\\S+)");
        page("dashboard", dashboard, "Dashboard at (\\S+?)\\?token");
        for (URI page : pages.values()) {
          assertThat(get(page, null).statusCode()).as("without token").isEqualTo(401);
        }
        int port = freePort();
        Process prometheus = prometheus(port);
        try {
          awaitAllUp(port);
          awaitData(port, expressions());
        } finally {
          prometheus.destroy();
          prometheus.waitFor(10, TimeUnit.SECONDS);
        }
        // Now that all of it has been seen there is nothing that a page leaves out.
        for (Map.Entry<String, URI> page : pages.entrySet()) {
          assertThat(lint(page.getValue())).as(page.getKey()).isEmpty();
        }
      }
    }
  }

  @Test
  void shouldHaveSettingsThatPrometheusAccepts() throws Exception {
    assumeTrue(has("promtool"), "No promtool here: apt-get install prometheus");

    Process check =
        new ProcessBuilder(
                "promtool",
                "check",
                "config",
                "--syntax-only",
                DOCKER.resolve("prometheus/prometheus.yml").toString())
            .redirectErrorStream(true)
            .start();

    String said = new String(check.getInputStream().readAllBytes(), UTF_8);
    assertThat(check.waitFor()).as(said).isZero();
  }

  private static boolean has(String command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command, "--version").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private MillraceProcess service(String command, String... more) throws IOException {
    String page = command.equals("dashboard") ? "--dashboard" : "--metrics";
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of(more));
    arguments.addAll(
        List.of(
            page + "-port",
            "0",
            page + "-token-file",
            token.toString(),
            "--bootstrap-servers",
            servers));
    return MillraceProcess.start(folder, arguments.toArray(String[]::new));
  }

  private void page(String job, MillraceProcess service, String said) throws Exception {
    Pattern pattern = Pattern.compile(said);
    Optional<String> address = Optional.empty();
    while (address.isEmpty()) {
      Thread.sleep(50); // the test's time limit ends this
      Matcher found = pattern.matcher(service.output());
      address = found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }
    pages.put(job, URI.create(address.get()).resolve("/metrics"));
  }

  private HttpResponse<String> get(URI page, @Nullable String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(page);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** With the settings as they are, but for where the services and the token are, and how often. */
  private Process prometheus(int port) throws IOException {
    String settings = Files.readString(DOCKER.resolve("prometheus/prometheus.yml"));
    for (Map.Entry<String, URI> page : pages.entrySet()) {
      String target = "127.0.0.1:" + page.getValue().getPort();
      String before = "dns_sd_configs: [{ names: [%s], type: A, port: 9464 }]";
      assertThat(settings).contains(before.formatted(page.getKey()));
      settings =
          settings.replace(
              before.formatted(page.getKey()),
              "static_configs: [{ targets: [\"" + target + "\"] }]");
    }
    settings =
        settings
            .replace("/var/lib/millrace/token/token", token.toString())
            .replace("scrape_interval: 5s", "scrape_interval: 1s")
            .replace("scrape_timeout: 4s", "scrape_timeout: 1s");
    Path file = Files.writeString(folder.resolve("prometheus.yml"), settings);
    return new ProcessBuilder(
            "prometheus",
            "--config.file=" + file,
            "--storage.tsdb.path=" + folder.resolve("prometheus"),
            "--web.listen-address=127.0.0.1:" + port)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("prometheus.log").toFile())
        .start();
  }

  private void awaitAllUp(int port) throws Exception {
    Map<String, String> up = new LinkedHashMap<>();
    while (up.size() < pages.size() || !up.values().stream().allMatch("1"::equals)) {
      Thread.sleep(200); // the test's time limit ends this
      for (JsonNode series : query(port, "up")) {
        up.put(series.at("/metric/job").textValue(), series.at("/value/1").textValue());
      }
    }
  }

  private JsonNode query(int port, String expression) throws Exception {
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/api/v1/query?query=%s"
                .formatted(port, URLEncoder.encode(expression, UTF_8)));
    HttpResponse<String> answer;
    try {
      answer = get(uri, null);
    } catch (IOException e) {
      return JSON.createArrayNode(); // it has not started yet
    }
    JsonNode body = JSON.readTree(answer.body());
    assertThat(answer.statusCode()).as("%s: %s", expression, answer.body()).isIn(200, 503);
    return body.at("/data/result");
  }

  private static List<String> expressions() throws IOException {
    JsonNode dashboard = JSON.readTree(DOCKER.resolve("grafana/dashboards/millrace.json").toFile());
    List<String> expressions = new ArrayList<>();
    for (JsonNode panel : dashboard.at("/panels")) {
      for (JsonNode target : panel.path("targets")) {
        expressions.add(target.get("expr").textValue().replace("$run", "default"));
      }
    }
    assertThat(expressions).hasSizeGreaterThan(40);
    return expressions;
  }

  private void awaitData(int port, List<String> expressions) throws Exception {
    List<String> waiting = new ArrayList<>(expressions);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!waiting.isEmpty()) {
      assertThat(System.nanoTime()).as("No data: %s", waiting).isLessThan(end);
      Thread.sleep(500);
      for (String expression : List.copyOf(waiting)) {
        if (!query(port, expression).isEmpty()) {
          waiting.remove(expression);
        }
      }
    }
  }

  /** What Prometheus' own tool finds wrong with a page. */
  private String lint(URI page) throws Exception {
    HttpResponse<String> answer = get(page, Files.readString(token).strip());
    assertThat(answer.statusCode()).isEqualTo(200);
    Path text = Files.writeString(folder.resolve("page.txt"), answer.body());
    Process check =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(text.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), UTF_8);
    check.waitFor();
    return said;
  }
}
