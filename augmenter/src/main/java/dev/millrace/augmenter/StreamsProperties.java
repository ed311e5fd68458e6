package dev.millrace.augmenter;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.network.Selectable;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The properties that Kafka Streams runs with: our defaults, over them the user's, over those what
 * the augmenter's promises rest on.
 */
public final class StreamsProperties {
  /**
   * A consumer closes when the brokers have answered its last fetch: half a second, unless told
   * otherwise, where no record comes.
   */
  static final int FETCH_WAIT_MILLIS = 100;

  private static final int MIB = 1 << 20;

  private StreamsProperties() {}

  /**
   * Puts the properties together. The defaults bear the clients' plain names, so that both a plain
   * property of the user's and one that is meant for one client only ({@code producer.batch.size})
   * win over them.
   */
  static Properties of(String applicationId, AugmenterOptions options, Map<String, Object> kafka) {
    Map<String, Object> all = new HashMap<>(defaults(options));
    all.putAll(kafka);
    all.putIfAbsent(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        all.getOrDefault(
            ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, transactionTimeoutMillis(options)));
    all.putAll(fixed(applicationId, options));
    Properties properties = new Properties();
    properties.putAll(all);
    return properties;
  }

  // A record in, one out, of 150,528 bytes, no work between: 1.6 ms of CPU a record with Kafka's
  // defaults, 0.98 ms with large batches, fetches and socket buffers and a commit a second.
  /** What the user's properties win over. */
  public static Map<String, Object> defaults(AugmenterOptions options) {
    int maxRecordBytes = options.maxRecordBytes();
    return Map.ofEntries(
        Map.entry(StreamsConfig.NUM_STREAM_THREADS_CONFIG, options.threads()),
        Map.entry(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, options.commitInterval().toMillis()),
        // Kafka's default of 1000 images of 100 KB for each partition would be 100 MB for each.
        Map.entry(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 64),
        Map.entry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 64),
        // There is no global store; Streams warns about its handler all the same.
        Map.entry("processing.exception.handler.global.enabled", true),
        // The kernel makes them as large as is of use.
        Map.entry(StreamsConfig.SEND_BUFFER_CONFIG, Selectable.USE_DEFAULT_BUFFER_SIZE),
        Map.entry(StreamsConfig.RECEIVE_BUFFER_CONFIG, Selectable.USE_DEFAULT_BUFFER_SIZE),
        Map.entry(ProducerConfig.BATCH_SIZE_CONFIG, MIB),
        Map.entry(ProducerConfig.LINGER_MS_CONFIG, 10),
        Map.entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRecordBytes + MIB),
        Map.entry(
            ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(64L * MIB, 2L * maxRecordBytes + MIB)),
        Map.entry(
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Math.max(4 * MIB, maxRecordBytes)),
        Map.entry(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Math.max(16 * MIB, maxRecordBytes)),
        Map.entry(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS),
        Map.entry(
            ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
            Math.toIntExact(options.sessionTimeout().toMillis())),
        // Members learn by their heartbeats that another has come: each of the two rounds in which
        // it gets its partitions takes as long as the slowest of them.
        Map.entry(
            ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
            Math.toIntExact(Math.min(1000, options.sessionTimeout().toMillis() / 4))));
  }

  // Longer than transactions stay open; also the longest that readers of committed records wait for
  // one whose augmenter was killed and does not come back. Streams looks at the prefixed name only.
  private static int transactionTimeoutMillis(AugmenterOptions options) {
    return Math.toIntExact(Math.max(10_000, 3 * options.commitInterval().toMillis()));
  }

  private static Map<String, Object> fixed(String applicationId, AugmenterOptions options) {
    Map<String, Object> fixed = new HashMap<>();
    fixed.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    fixed.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    // The newer protocol has no static membership and takes no clients of ours.
    fixed.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
    if (!options.instanceId().isEmpty()) {
      fixed.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, options.instanceId());
    }
    return fixed;
  }
}
