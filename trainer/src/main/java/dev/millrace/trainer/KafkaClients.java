package dev.millrace.trainer;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.network.Selectable;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Makes the trainer's Kafka clients. The user's properties stand over the trainer's defaults, and
 * under the few that exactly-once rests on. Properties that belong to another kind of client are
 * left out, so that a client does not warn of them.
 */
final class KafkaClients {
  /** Bytes of tensors fetched ahead, over all partitions, before a partition is paused. */
  static final long READ_AHEAD_BYTES = 64L << 20;

  private static final int MEBIBYTE = 1 << 20;
  private static final int MOST_REQUESTED = 8 * MEBIBYTE;
  private static final int MOST_FETCHED_A_PARTITION = 8 * MEBIBYTE;

  // A consumer closes when the brokers have answered its last fetch: half a second, unless told
  // otherwise, where no record comes.
  private static final int FETCH_WAIT_MILLIS = 100;

  // All that is looked for is there.
  private static final int LOOK_UP_WAIT_MILLIS = 10;

  // The shortest that brokers allow unless they are told otherwise.
  private static final int SESSION_TIMEOUT_MILLIS = 6_000;

  private static final int ONLOOKER_FETCH_WAIT_MILLIS = 10;
  private static final int ONLOOKER_TIMEOUT_MILLIS = 5_000;

  // Long enough for a broker to restart under a trainer.
  private static final int PATIENCE_MILLIS = (int) Duration.ofMinutes(5).toMillis();

  /** What no consumer of a run leaves to the user. */
  private static final Map<String, Object> READING =
      Map.of(
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          false,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          "none",
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          "read_committed",
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
          false);

  private final Map<String, Object> kafka;
  private final String group;

  /**
   * Makes clients for one run.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   * @param group consumer group of the run
   */
  KafkaClients(Map<String, Object> kafka, String group) {
    this.kafka = Map.copyOf(kafka);
    this.group = group;
  }

  Admin admin() {
    return Admin.create(properties(AdminClientConfig.configNames(), Map.of(), Map.of()));
  }

  /** A consumer of a tensors topic: large fetches, values that share the fetch's memory. */
  Consumer<String, ByteBuffer> tensors(int partitions) {
    int aPartition = bytesAPartition(partitions);
    return consumer(
        Map.of(
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            aPartition,
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
            (int) READ_AHEAD_BYTES,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            FETCH_WAIT_MILLIS,
            ConsumerConfig.RECEIVE_BUFFER_CONFIG,
            Selectable.USE_DEFAULT_BUFFER_SIZE));
  }

  /** Bytes fetched and kept ahead of one of so many partitions. */
  static int bytesAPartition(int partitions) {
    return Math.clamp(READ_AHEAD_BYTES / partitions, MEBIBYTE, MOST_FETCHED_A_PARTITION);
  }

  /** A consumer that looks up what a topic of one partition holds now. */
  Consumer<String, ByteBuffer> reader() {
    return consumer(
        Map.of(
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            MOST_FETCHED_A_PARTITION,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            LOOK_UP_WAIT_MILLIS));
  }

  private Consumer<String, ByteBuffer> consumer(Map<String, Object> defaults) {
    return consumer(defaults, Map.of());
  }

  private Consumer<String, ByteBuffer> consumer(
      Map<String, Object> defaults, Map<String, Object> more) {
    Map<String, Object> binding = new HashMap<>(more);
    binding.putAll(READING);
    binding.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    return new KafkaConsumer<>(
        properties(ConsumerConfig.configNames(), defaults, binding),
        new StringDeserializer(),
        new ByteBufferDeserializer());
  }

  /** A consumer of committed records that is of no group, fetches little and soon gives up. */
  Consumer<String, ByteBuffer> onlooker() {
    Map<String, Object> binding = new HashMap<>(READING);
    // It seeks to and fro: a fetch behind the end must not hold up the next one.
    binding.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, ONLOOKER_FETCH_WAIT_MILLIS);
    // Brokers give one batch at least, however large.
    binding.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, MEBIBYTE);
    binding.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, MEBIBYTE / 4);
    binding.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, ONLOOKER_TIMEOUT_MILLIS);
    binding.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ONLOOKER_TIMEOUT_MILLIS);
    Map<String, Object> properties = properties(ConsumerConfig.configNames(), Map.of(), binding);
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    return new KafkaConsumer<>(properties, new StringDeserializer(), new ByteBufferDeserializer());
  }

  /** A consumer that reads nothing, but is one of a group whose members give each other orders. */
  Consumer<String, ByteBuffer> workers(WorkerAssignor.Mailbox mailbox) {
    return consumer(
        Map.of(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 1_000),
        Map.of(
            ConsumerConfig.GROUP_PROTOCOL_CONFIG,
            "classic", // the other one lets the broker assign
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
            WorkerAssignor.class.getName(),
            WorkerAssignor.MAILBOX,
            mailbox,
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            SESSION_TIMEOUT_MILLIS,
            ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
            60_000));
  }

  /** A producer of metrics, progress and dead letters. */
  Producer<String, byte[]> events() {
    return producer(
        Map.of(ProducerConfig.LINGER_MS_CONFIG, 20),
        Map.of(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true));
  }

  /**
   * A producer of checkpoints.
   *
   * @param timeout after how long the brokers abort a transaction of a trainer that is gone
   */
  Producer<String, byte[]> transactional(String transactionalId, Duration timeout) {
    int timeoutMillis = (int) timeout.toMillis();
    int patience = Math.min(PATIENCE_MILLIS, timeoutMillis);
    return producer(
        Map.of(
            ProducerConfig.LINGER_MS_CONFIG,
            0,
            ProducerConfig.BATCH_SIZE_CONFIG,
            MEBIBYTE,
            ProducerConfig.SEND_BUFFER_CONFIG,
            Selectable.USE_DEFAULT_BUFFER_SIZE,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
            MOST_REQUESTED, // a dead letter may hold an image of 4 MiB
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            Math.min(30_000, patience / 2),
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            patience,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            patience),
        Map.of(
            ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId,
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, timeoutMillis,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true));
  }

  private Producer<String, byte[]> producer(
      Map<String, Object> defaults, Map<String, Object> binding) {
    Map<String, Object> all = new HashMap<>(binding);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    return new KafkaProducer<>(
        properties(ProducerConfig.configNames(), defaults, all),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private Map<String, Object> properties(
      Set<String> own, Map<String, Object> defaults, Map<String, Object> binding) {
    Map<String, Object> properties = new HashMap<>(defaults);
    kafka.forEach((name, value) -> {
      if (own.contains(name) || !belongsToSomeClient(name)) {
        properties.put(name, value);
      }
    });
    properties.putAll(binding);
    return properties;
  }

  private static boolean belongsToSomeClient(String name) {
    return ConsumerConfig.configNames().contains(name)
        || ProducerConfig.configNames().contains(name)
        || AdminClientConfig.configNames().contains(name);
  }
}
