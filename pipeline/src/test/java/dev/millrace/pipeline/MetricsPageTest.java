package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.dashboard.Dashboard;
import dev.millrace.dashboard.DashboardOptions;
import dev.millrace.dashboard.web.WebOptions;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TensorLayout;
import dev.millrace.schemas.TensorType;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MetricsPageTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final DashboardOptions OPTIONS =
      new DashboardOptions(WebOptions.local(0), DashboardOptions.USUAL_HISTORY_BYTES, "test");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path directory;

  @Test
  void shouldShowWhatTheTopicsSay() throws Exception {
    Topics topics = new Topics("shown");
    EmbeddedBroker broker = EmbeddedBroker.start(directory, "127.0.0.1", 0, Map.of());
    Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (Dashboard page = Dashboard.start(OPTIONS, topics, kafka)) {
      try (broker) {
        assertThat(get(page)).doesNotContain("millrace_loss"); // before there are topics
        publish(broker, topics);

        String trainer = "run=\"first\",service=\"trainer\",topic=\"shown.tensors.train\"} ";
        assertThat(await(page, "millrace_lag_images{" + trainer + "2.0"))
            .contains("millrace_loss{run=\"first\",split=\"train\"} 2.5")
            .contains("millrace_top1_error_ratio{run=\"first\",split=\"validation\"} 0.25")
            .contains("millrace_step{run=\"first\"} 7.0")
            .contains("millrace_partition_lag_images{partition=\"1\"," + trainer + "2.0")
            .contains("millrace_partition_lag_images{partition=\"0\"," + trainer + "0.0")
            .contains("millrace_topic_kept_records{topic=\"shown.tensors.train\"} 5.0")
            .contains("millrace_dead_letters 0.0");
      }
      assertThat(get(page)).contains("millrace_loss{run=\"first\",split=\"train\"} 2.5");
    }
  }

  private static void publish(EmbeddedBroker broker, Topics topics) throws Exception {
    Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (Admin admin = Admin.create(kafka);
        KafkaProducer<String, byte[]> producer =
            new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer())) {
      topics.createMissing(admin, new TopicSettings(2, (short) 1, 1 << 20));
      var metric = topics.metrics().serde().serializer();
      var progress = topics.progress().serde().serializer();
      String metrics = topics.metrics().name();
      for (byte[] value :
          new byte[][] {
            metric.serialize(metrics, metric(Split.TRAIN, "loss", 2.5)),
            {1, 2, 3}, // no record of ours: left out
            metric.serialize(metrics, metric(Split.VALIDATION, "top1_error", 0.25))
          }) {
        producer.send(new ProducerRecord<>(metrics, "first", value)).get();
      }
      var tensor = topics.tensors(Split.TRAIN).serde().serializer();
      String tensors = topics.tensors(Split.TRAIN).name();
      for (long sequence = 1; sequence < 10; sequence += 2) {
        byte[] value = tensor.serialize(tensors, tensor(sequence));
        producer.send(new ProducerRecord<>(tensors, 1, "k", value)).get();
      }
      String name = topics.progress().name();
      producer
          .send(new ProducerRecord<>(name, "g", progress.serialize(name, progress(topics))))
          .get();
    }
  }

  private static TrainingMetric metric(Split split, String name, double value) {
    return new TrainingMetric("first", 7L, 0, split, NOW, Map.of(name, value), "");
  }

  private static ImageTensor tensor(long sequence) {
    return ImageTensor.newBuilder()
        .setId("k")
        .setLabel(0)
        .setSplit(Split.TRAIN)
        .setEpoch(0)
        .setSequence(sequence)
        .setHeight(1)
        .setWidth(1)
        .setChannels(3)
        .setLayout(TensorLayout.HWC)
        .setType(TensorType.UINT8)
        .setPublishedAt(NOW)
        .setAugmentedAt(NOW)
        .setBytes(ByteBuffer.allocate(3))
        .build();
  }

  private static Progress progress(Topics topics) {
    return Progress.newBuilder()
        .setGroup("shown-trainer-first")
        .setRun("first")
        .setTopic(topics.tensors(Split.TRAIN).name())
        .setFinished(false)
        .setStep(7)
        .setEpoch(0)
        .setNextSequence(6)
        .setImages(0)
        .setPositions(Map.of("0", 0L, "1", 3L))
        .setAcknowledged(Map.of())
        .setTime(NOW)
        .build();
  }

  private static String await(Dashboard page, String text) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      String found = get(page);
      if (found.contains(text)) {
        return found;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("No " + text + " in " + get(page));
  }

  private static String get(Dashboard page) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(page.url("/metrics"))).build(),
              BodyHandlers.ofString())
          .body();
    }
  }
}
