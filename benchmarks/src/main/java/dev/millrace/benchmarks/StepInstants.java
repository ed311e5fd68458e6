package dev.millrace.benchmarks;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** When training steps were done, by the metrics topic. */
final class StepInstants {
  private static final Duration POLL = Duration.ofMillis(200);

  private StepInstants() {}

  /** All of them so far, in their order. */
  static List<Instant> read(Map<String, Object> kafka, Topics topics) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put("enable.auto.commit", false);
    try (KafkaConsumer<String, TrainingMetric> consumer =
        new KafkaConsumer<>(
            properties, new StringDeserializer(), topics.metrics().serde().deserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo info : consumer.partitionsFor(topics.metrics().name())) {
        partitions.add(new TopicPartition(info.topic(), info.partition()));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<Instant> times = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        for (ConsumerRecord<String, TrainingMetric> record : consumer.poll(POLL)) {
          if (record.value().getSplit() == Split.TRAIN) {
            times.add(record.value().getTime());
          }
        }
      }
      return times.stream().sorted().toList();
    }
  }

  /**
   * The longest time, in seconds, without a step that overlaps the time between two moments.
   *
   * @param steps when steps were done, in order
   * @param from before the first step, time counts from here
   */
  static double longestStandstill(List<Instant> steps, Instant from, Instant to) {
    double longest = 0;
    for (int i = 0; i < steps.size(); i++) {
      Instant before = i == 0 ? from : steps.get(i - 1);
      Instant after = steps.get(i);
      if (after.isAfter(from) && before.isBefore(to)) {
        longest = Math.max(longest, Duration.between(before, after).toMillis() / 1e3);
      }
    }
    return longest;
  }
}
