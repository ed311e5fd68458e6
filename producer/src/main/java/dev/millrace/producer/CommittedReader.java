package dev.millrace.producer;

import dev.millrace.schemas.Topic;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Opens consumers that look up what a topic holds now. */
final class CommittedReader {
  // All that is looked for is there: a fetch that waits for more only delays the next one.
  private static final int FETCH_WAIT_MILLIS = 10;

  private CommittedReader() {}

  static <V> Consumer<String, V> open(Map<String, Object> kafka, Topic<V> topic) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    return new KafkaConsumer<>(properties, new StringDeserializer(), topic.serde().deserializer());
  }
}
