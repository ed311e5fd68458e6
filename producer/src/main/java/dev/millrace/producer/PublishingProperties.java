package dev.millrace.producer;

import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.network.Selectable;

/** How images are sent: properties of the Kafka client that publishes them. */
public final class PublishingProperties {
  private PublishingProperties() {}

  /**
   * The properties.
   *
   * @param kafka what the user gave, which counts more than all that exactly-once does not rest on
   * @param transactionalId stops earlier clients with the same
   * @param maxImageBytes the largest image
   */
  public static Map<String, Object> of(
      Map<String, Object> kafka, String transactionalId, int maxImageBytes) {
    int maxRecord = Topics.maxRecordBytes(new TopicSettings(1, (short) 1, maxImageBytes));
    Map<String, Object> properties = new HashMap<>();
    // Batches of 1 MiB halve the cost of a record of 100 KB; compressing JPEG only costs.
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 20);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 10);
    properties.put(ProducerConfig.SEND_BUFFER_CONFIG, Selectable.USE_DEFAULT_BUFFER_SIZE);
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(64 << 20, 2L * maxRecord));
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 120_000);
    properties.put(ProducerConfig.CLIENT_ID_CONFIG, "millrace-producer");
    properties.putAll(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRecord);
    return properties;
  }
}
