package dev.millrace.augmenter;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * The clients that Kafka Streams works with: consumers that hold back, and, for an augmenter that
 * has a name, producers whose transactional id stays the same when it is restarted. Streams makes
 * up a new one each time; the transaction of an augmenter that was killed would then keep readers
 * of committed records waiting until it times out.
 */
final class StreamsClients implements KafkaClientSupplier {
  private final String applicationId;
  private final String instanceId;
  private final HeldPartitions held;

  StreamsClients(String applicationId, String instanceId, HeldPartitions held) {
    this.applicationId = applicationId;
    this.instanceId = instanceId;
    this.held = held;
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new KafkaProducer<>(
        withStableId(config), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return new HoldingConsumer(config, held);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return plainConsumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return plainConsumer(config);
  }

  private static Consumer<byte[], byte[]> plainConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  // Streams' own id is <application>-<a random process id>-<number of the thread>.
  private Map<String, Object> withStableId(Map<String, Object> config) {
    Object given = config.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    if (instanceId.isEmpty() || given == null) {
      return config;
    }
    String id = given.toString();
    String thread = id.substring(id.lastIndexOf('-') + 1);
    Map<String, Object> stable = new HashMap<>(config);
    stable.put(
        ProducerConfig.TRANSACTIONAL_ID_CONFIG, applicationId + "-" + instanceId + "-" + thread);
    return stable;
  }
}
