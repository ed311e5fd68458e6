package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class StreamsPropertiesTest {
  private static final AugmenterOptions OPTIONS =
      AugmenterOptions.builder().threads(3).instanceId("a").build();

  @Test
  void shouldLetTheUsersPropertiesWinOverTheDefaults() {
    StreamsConfig config =
        config(Map.of("linger.ms", "77", "producer.batch.size", "5000", "fetch.max.bytes", "9999"));

    assertThat(config.getProducerConfigs("c"))
        .containsEntry("linger.ms", "77")
        .containsEntry("batch.size", "5000");
    assertThat(config.getMainConsumerConfigs("g", "c", 0)).containsEntry("fetch.max.bytes", "9999");
  }

  @Test
  void shouldGiveItsDefaultsToTheClientsTheyAreFor() {
    StreamsConfig config = config(Map.of());

    assertThat(config.getInt("num.stream.threads")).isEqualTo(3);
    assertThat(config.getLong("commit.interval.ms")).isEqualTo(500);
    assertThat(config.getProducerConfigs("c"))
        .containsEntry("linger.ms", 10)
        .containsEntry("batch.size", 1 << 20)
        .containsEntry("max.request.size", (17 << 20) + (64 << 10))
        .containsEntry("transaction.timeout.ms", 10_000);
    assertThat(config.getMainConsumerConfigs("g", "c", 0))
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("session.timeout.ms", 10_000)
        .containsEntry("max.poll.records", 64);
  }

  @Test
  void shouldNotLetTheUserGiveUpExactlyOnce() {
    StreamsConfig config =
        config(
            Map.of(
                "processing.guarantee", "at_least_once",
                "application.id", "mine",
                "group.protocol", "streams",
                "group.instance.id", "b"));

    assertThat(config.getString("processing.guarantee")).isEqualTo("exactly_once_v2");
    assertThat(config.getString("application.id")).isEqualTo("test-augmenter");
    assertThat(config.getString("group.protocol")).isEqualTo("classic");
    assertThat(config.getMainConsumerConfigs("g", "c", 0))
        .containsEntry("group.instance.id", "a-0");
  }

  @Test
  void shouldKeepTransactionsOpenLongEnoughForTheCommitInterval() {
    AugmenterOptions slow =
        AugmenterOptions.builder().commitInterval(Duration.ofSeconds(20)).build();

    Properties properties =
        StreamsProperties.of("test-augmenter", slow, Map.of("bootstrap.servers", "localhost:1"));

    assertThat(new StreamsConfig(properties).getProducerConfigs("c"))
        .containsEntry("transaction.timeout.ms", 60_000);
  }

  private static StreamsConfig config(Map<String, Object> user) {
    Properties properties = StreamsProperties.of("test-augmenter", OPTIONS, user);
    properties.put("bootstrap.servers", "localhost:1");
    return new StreamsConfig(properties);
  }
}
