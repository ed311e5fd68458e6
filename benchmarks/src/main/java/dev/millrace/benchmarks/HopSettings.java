package dev.millrace.benchmarks;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.StreamsProperties;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * How a tensor is sent and read.
 *
 * @param name what is special about it
 * @param producer the producer's properties besides what exactly-once rests on
 * @param consumer the consumer's
 */
record HopSettings(String name, Map<String, Object> producer, Map<String, Object> consumer) {
  private static final int MIB = 1 << 20;

  /** As augmenters and trainers do it. */
  static final HopSettings OWN = new HopSettings("hop", producerSettings(), consumerSettings());

  /** Each of these settings left out, and others tried, one at a time. */
  List<HopSettings> others() {
    List<HopSettings> all = new ArrayList<>();
    for (String setting : new TreeSet<>(producer.keySet())) {
      if (!setting.equals(ProducerConfig.MAX_REQUEST_SIZE_CONFIG)) {
        all.add(
            new HopSettings("producer's default " + setting, without(producer, setting), consumer));
      }
    }
    for (String setting : new TreeSet<>(consumer.keySet())) {
      all.add(
          new HopSettings("consumer's default " + setting, producer, without(consumer, setting)));
    }
    for (int mebibytes : List.of(2, 4)) {
      all.add(
          new HopSettings(
              "producer's batch.size of %d MiB".formatted(mebibytes),
              both(producer, Map.of(ProducerConfig.BATCH_SIZE_CONFIG, mebibytes * MIB)),
              consumer));
    }
    Map<String, Object> buffers = Map.of("send.buffer.bytes", MIB, "receive.buffer.bytes", MIB);
    all.add(
        new HopSettings(
            "clients' socket buffers of 1 MiB", both(producer, buffers), both(consumer, buffers)));
    return all;
  }

  /** These, with other properties on top. */
  HopSettings with(Map<String, String> forProducer, Map<String, String> forConsumer) {
    return new HopSettings(name, both(producer, forProducer), both(consumer, forConsumer));
  }

  private static Map<String, Object> both(Map<String, Object> some, Map<String, ?> more) {
    Map<String, Object> all = new HashMap<>(some);
    all.putAll(more);
    return all;
  }

  private static Map<String, Object> without(Map<String, Object> all, String name) {
    Map<String, Object> fewer = new HashMap<>(all);
    fewer.remove(name);
    return fewer;
  }

  private static Map<String, Object> producerSettings() {
    Map<String, Object> settings = new HashMap<>();
    StreamsProperties.defaults(AugmenterOptions.builder().build())
        .forEach((name, value) -> {
          if (ProducerConfig.configNames().contains(name)) {
            settings.put(name, value);
          }
        });
    settings.remove("receive.buffer.bytes"); // nothing of size comes back
    return settings;
  }

  private static Map<String, Object> consumerSettings() {
    return Map.of(
        "max.partition.fetch.bytes",
        8 * MIB,
        "fetch.max.bytes",
        64 * MIB,
        "receive.buffer.bytes",
        -1);
  }
}
