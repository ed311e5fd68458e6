package dev.millrace.dashboard.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.dashboard.Manifests;
import dev.millrace.dashboard.history.History;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A dashboard's server whose history is told what tests want. */
final class Served implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  final History history = new History(64 << 20, InstantSource.system());
  final AtomicReference<ConnectionView> connection =
      new AtomicReference<>(new ConnectionView(true, null));
  private final DashboardServer server;

  Served() throws IOException {
    this(WebOptions.local(0));
  }

  Served(WebOptions options) throws IOException {
    PrometheusRegistry registry = new PrometheusRegistry();
    Gauge.builder().name("millrace_tested").help("Tested").register(registry).set(1);
    Sources sources =
        new Sources(
            "1.2.3",
            "millrace",
            history,
            connection::get,
            () -> Map.of("bottleneck", "none"),
            new OnePicture());
    server = DashboardServer.start(options, sources, registry);
    server.begin();
  }

  /** One picture, at {@code /pictures/kernels/RUN/1.png} for every run. */
  private static final class OnePicture implements PictureSource {
    @Override
    public Object pictures(String run) {
      return Map.of("kernels", List.of(Map.of("step", 1, "url", "/pictures/" + run)));
    }

    @Override
    public @Nullable Picture picture(Query query) {
      return query.path().getLast().equals("1.png") ? new Picture(PNG, true) : null;
    }

    @Override
    public String thumbnail(long offset) {
      return "/pictures/dead-letters/" + offset + ".png";
    }
  }

  int port() {
    return server.port();
  }

  String url(String path) {
    return server.url(path);
  }

  void train(String run, long step, double loss) {
    history.metric(
        new TrainingMetric(run, step, 0, Split.TRAIN, Instant.now(), Map.of("loss", loss), ""));
  }

  void checkpoint(String run, long step) {
    history.checkpoint(Manifests.of(run, step, 0, Instant.now()));
  }

  void deadLetter(long offset, String id) {
    history.deadLetter(
        offset,
        DeadLetter.newBuilder()
            .setId(id)
            .setLabel(-1)
            .setEpoch(0)
            .setSequence(1)
            .setSource("/data/" + id)
            .setStage("decode")
            .setReason("no image")
            .setTopic("")
            .setPartition(-1)
            .setOffset(-1)
            .setFailedAt(Instant.now())
            .setSize(5)
            .setBytes(ByteBuffer.allocate(0))
            .build());
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, headers);
  }

  HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url(path)))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  JsonNode json(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get(path);
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    server.close();
  }
}
