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

  /** Each of the settings left out, one at a time. */
  static List<HopSettings> withoutOne() {
    List<HopSettings> all = new ArrayList<>();
    for (String name : new TreeSet<>(OWN.producer.keySet())) {
      if (!name.equals(ProducerConfig.MAX_REQUEST_SIZE_CONFIG)) {
        all.add(
            new HopSettings(
                "producer's default " + name, without(OWN.producer, name), OWN.consumer));
      }
    }
    for (String name : new TreeSet<>(OWN.consumer.keySet())) {
      all.add(
          new HopSettings("consumer's default " + name, OWN.producer, without(OWN.consumer, name)));
    }
    return all;
  }

  /** These, with other properties on top. */
  HopSettings with(Map<String, String> forProducer, Map<String, String> forConsumer) {
    Map<String, Object> ofProducer = new HashMap<>(producer);
    ofProducer.putAll(forProducer);
    Map<String, Object> ofConsumer = new HashMap<>(consumer);
    ofConsumer.putAll(forConsumer);
    return new HopSettings(name, ofProducer, ofConsumer);
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
        MIB);
  }
}
