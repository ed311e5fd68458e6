package dev.millrace.trainer.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.Topics;
import dev.millrace.schemas.stream.Place;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FlowWatchTest {
  private static final Map<String, Object> NOBODY = Map.of("bootstrap.servers", "127.0.0.1:1");

  private static Consumer<String, ByteBuffer> consumer() {
    Map<String, Object> properties = new HashMap<>(NOBODY);
    properties.put("enable.auto.commit", false);
    properties.put("default.api.timeout.ms", 1_000);
    properties.put("request.timeout.ms", 1_000);
    return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteBufferDeserializer());
  }

  @Test
  void shouldLeaveOutWhatBrokersDoNotAnswerAndEndAtOnce() throws Exception {
    Passed start = new Passed(null, new Place(0, 0), Map.of(0, 0L, 1, 0L), 0, -1, 5, 0, 0);
    long begin;
    try (Admin admin = Admin.create(NOBODY)) {
      FlowWatch watch =
          new FlowWatch(
              FlowWatchTest::consumer,
              admin,
              new Topics("nobody"),
              start,
              false,
              8,
              InstantSource.system());
      try (watch) {
        watch.start();
        Thread.sleep(1_500);

        assertThat(watch.report())
            .isEqualTo(new FlowReport(Map.of("trained_images", 5.0), Verdict.NONE));
        begin = System.nanoTime();
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }
}
