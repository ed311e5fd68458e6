package dev.millrace.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.dashboard.web.WebOptions;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A dashboard on the topics of a real broker. */
@Timeout(180)
class DashboardIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Topics TOPICS = new Topics("watched");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path folder;

  @Test
  void shouldShowWhatWasWrittenBeforeItsStartAndWhatIsWrittenSince() throws Exception {
    try (EmbeddedBroker broker = broker(0)) {
      createTopics(broker);
      deleteTopic(broker, TOPICS.mistakes()); // as in a stream of an earlier version
      publish(broker, 1, 3000);
      publishBrokenRecord(broker);
      publishDeadLetter(broker, "<img src=x onerror=alert(1)>");

      try (Dashboard dashboard = start(broker, 0)) {
        await(dashboard, "/api/runs", runs -> step(runs) == 3000);
        assertThat(
                await(dashboard, "/api/dead-letters", all -> all.get("total").asInt() == 1)
                    .get("letters")
                    .get(0)
                    .get("className")
                    .asText())
            .isEqualTo("<b>fox</b>");
        try (BufferedReader events = events(dashboard)) {
          publish(broker, 3001, 3500);
          long next = 3001;
          while (next <= 3500) {
            for (JsonNode step : next(events, "points").get("step")) {
              assertThat(step.asLong()).isEqualTo(next++);
            }
          }
        }
        JsonNode series = get(dashboard, "/api/series?run=a&split=train&values=loss&points=10000");
        assertThat(series.get("series").get("loss").get("step").size()).isEqualTo(3500);
      }
    }
  }

  @Test
  void shouldWaitForTopicsAndTellSo() throws Exception {
    try (EmbeddedBroker broker = broker(0);
        Dashboard dashboard = start(broker, 0)) {
      JsonNode runs = await(dashboard, "/api/runs", found -> found.get("connected").asBoolean());
      assertThat(runs.get("problem").asText())
          .isEqualTo("These brokers have no topics watched.* yet: a producer makes them");
      assertThat(runs.get("runs")).isEmpty();

      createTopics(broker);
      publish(broker, 1, 5);

      await(dashboard, "/api/runs", found -> step(found) == 5 && found.get("problem").isNull());
    }
  }

  @Test
  void shouldGoOnWhereItWasWhenTheBrokerIsBack() throws Exception {
    int port;
    Dashboard dashboard;
    try (EmbeddedBroker broker = broker(0)) {
      port = Integer.parseInt(broker.bootstrapServers().split(":", 2)[1]);
      createTopics(broker);
      publish(broker, 1, 10);
      dashboard = start(broker, 0);
      await(dashboard, "/api/runs", runs -> step(runs) == 10);
    }
    try (dashboard) {
      try (BufferedReader events = events(dashboard)) {
        JsonNode away = next(events, "connection", told -> !told.get("connected").asBoolean());
        assertThat(away.get("problem").asText())
            .isEqualTo(
                "The brokers at 127.0.0.1:%d do not answer; what is shown is what they said before"
                    .formatted(port));
        assertThat(step(get(dashboard, "/api/runs"))).isEqualTo(10);

        try (EmbeddedBroker broker = broker(port)) {
          next(events, "connection", told -> told.get("connected").asBoolean());
          publish(broker, 11, 20);
          long next = 11;
          while (next <= 20) {
            for (JsonNode step : next(events, "points").get("step")) {
              assertThat(step.asLong()).isEqualTo(next++);
            }
          }
          assertThat(
                  get(dashboard, "/api/series?run=a&split=train&values=loss")
                      .get("series")
                      .get("loss")
                      .get("step")
                      .size())
              .isEqualTo(20);
        }
      }
    }
  }

  @Test
  void shouldServeTheSameAfterARestart() throws Exception {
    try (EmbeddedBroker broker = broker(0)) {
      createTopics(broker);
      publish(broker, 1, 10);
      int port;
      JsonNode before;
      String instance;
      try (Dashboard dashboard = start(broker, 0)) {
        port = dashboard.port();
        await(dashboard, "/api/runs", runs -> step(runs) == 10);
        before = get(dashboard, "/api/series?run=a&split=train&values=loss");
        try (BufferedReader events = events(dashboard)) {
          instance = next(events, "hello").get("instance").asText();
        }
      }
      publish(broker, 11, 12);
      publish(broker, 1, 10); // a resume: what came from there on counts no more

      try (Dashboard dashboard = start(broker, port)) {
        JsonNode after =
            await(
                dashboard,
                "/api/series?run=a&split=train&values=loss",
                series -> series.get("records").asInt() == 22);
        assertThat(after.get("series")).isEqualTo(before.get("series"));
        try (BufferedReader events = events(dashboard)) {
          assertThat(next(events, "hello").get("instance").asText()).isNotEqualTo(instance);
        }
      }
    }
  }

  private EmbeddedBroker broker(int port) throws Exception {
    return EmbeddedBroker.start(folder, "127.0.0.1", port, Map.of());
  }

  private static Dashboard start(EmbeddedBroker broker, int port) throws IOException {
    return Dashboard.start(
        new DashboardOptions(WebOptions.local(port), 16 << 20, "test"),
        TOPICS,
        Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  private static void createTopics(EmbeddedBroker broker) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      TOPICS.createMissing(admin, new TopicSettings(2, (short) 1, 1 << 20));
    }
  }

  private static void deleteTopic(EmbeddedBroker broker, Topic<?> topic) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.deleteTopics(List.of(topic.name())).all().get();
    }
  }

  private static void publish(EmbeddedBroker broker, long from, long to) throws Exception {
    try (KafkaProducer<String, byte[]> producer = producer(broker)) {
      for (long step = from; step <= to; step++) {
        var _ =
            producer.send(
                record(
                    TOPICS.metrics(),
                    new TrainingMetric(
                        "a", step, 0, Split.TRAIN, NOW, Map.of("loss", 1.0 / (double) step), "")));
      }
      producer.flush();
    }
  }

  private static void publishBrokenRecord(EmbeddedBroker broker) throws Exception {
    try (KafkaProducer<String, byte[]> producer = producer(broker)) {
      producer.send(new ProducerRecord<>(TOPICS.metrics().name(), "a", new byte[] {1, 2, 3})).get();
    }
  }

  private static void publishDeadLetter(EmbeddedBroker broker, String id) throws Exception {
    try (KafkaProducer<String, byte[]> producer = producer(broker)) {
      producer
          .send(
              record(
                  TOPICS.classes(),
                  new ClassList("id", List.of(new LabeledClass(0, "fox", "<b>fox</b>")), NOW)))
          .get();
      producer
          .send(
              record(
                  TOPICS.deadLetters(),
                  DeadLetter.newBuilder()
                      .setId(id)
                      .setLabel(0)
                      .setSplit(Split.TRAIN)
                      .setEpoch(0)
                      .setSequence(1)
                      .setSource(id)
                      .setStage("decode")
                      .setReason("no image")
                      .setTopic("")
                      .setPartition(-1)
                      .setOffset(-1)
                      .setFailedAt(NOW)
                      .setSize(2)
                      .setBytes(ByteBuffer.allocate(2))
                      .build()))
          .get();
    }
  }

  private static <V> ProducerRecord<String, byte[]> record(Topic<V> topic, V value) {
    return new ProducerRecord<>(
        topic.name(), "a", topic.serde().serializer().serialize(topic.name(), value));
  }

  private static KafkaProducer<String, byte[]> producer(EmbeddedBroker broker) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrapServers()),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private static long step(JsonNode runs) {
    return runs.get("runs").isEmpty() ? 0 : runs.get("runs").get(0).get("step").asLong();
  }

  private static JsonNode get(Dashboard dashboard, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return JSON.readTree(
          client
              .send(
                  HttpRequest.newBuilder(URI.create(dashboard.url(path))).build(),
                  BodyHandlers.ofString())
              .body());
    }
  }

  private static JsonNode await(Dashboard dashboard, String path, Predicate<JsonNode> wanted)
      throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    JsonNode found = get(dashboard, path);
    while (found.has("error") || !wanted.test(found)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Not within " + LIMIT + ": " + found);
      }
      Thread.sleep(50);
      found = get(dashboard, path);
    }
    return found;
  }

  private static BufferedReader events(Dashboard dashboard) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            URI.create(dashboard.url("/api/events")).toURL().openStream(), StandardCharsets.UTF_8));
  }

  private static JsonNode next(BufferedReader events, String name) throws IOException {
    return next(events, name, _ -> true);
  }

  private static JsonNode next(BufferedReader events, String name, Predicate<JsonNode> wanted)
      throws IOException {
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (line.equals("event: " + name)) {
        events.readLine(); // its id
        JsonNode data = JSON.readTree(events.readLine().substring("data: ".length()));
        if (wanted.test(data)) {
          return data;
        }
      }
    }
    throw new AssertionError("The events ended without " + name);
  }
}
