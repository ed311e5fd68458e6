package dev.millrace.pipeline.meters;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private KafkaProducer<byte[], byte[]> producer(Map<String, Object> kafka) {
    return new KafkaProducer<>(
        KafkaMeters.added(kafka, registry), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Test
  void shouldShowAClientAsLongAsItLives() {
    // No broker is there, nor needed.
    Map<String, Object> kafka =
        Map.of("bootstrap.servers", "127.0.0.1:1", "client.id", "a", "buffer.memory", 1 << 20);
    try (var _ = producer(kafka)) {
      assertThat(
              registry
                  .get("millrace.kafka.producer.buffer.available")
                  .tag("client", "a")
                  .gauge()
                  .value())
          .isEqualTo(1 << 20);
      assertThat(registry.get("millrace.kafka.producer.sent").functionCounter().count()).isZero();
    }

    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void shouldKeepTheReportersOfTheUser() {
    String theirs = JmxReporter.class.getName();

    assertThat(KafkaMeters.added(Map.of("metric.reporters", theirs), registry))
        .containsEntry("metric.reporters", theirs + "," + KafkaMeters.class.getName());
  }
}
