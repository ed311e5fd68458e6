package dev.millrace.producer;

import dev.millrace.producer.arrivals.Fingerprint;
import dev.millrace.producer.arrivals.KnownImages;
import dev.millrace.schemas.Arrival;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What arrived before.
 *
 * @param train how far the training images have come
 * @param validation how far the validation images have come
 */
record ArrivalLog(ArrivalTail train, ArrivalTail validation) {
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * Reads all of it.
   *
   * @param partitions of the training and of the validation images topic
   * @param known gets every id
   */
  static ArrivalLog read(
      Map<String, Object> kafka, Topics topics, Map<Split, Integer> partitions, KnownImages known) {
    ArrivalLog log =
        new ArrivalLog(
            new ArrivalTail(partitions.getOrDefault(Split.TRAIN, 1)),
            new ArrivalTail(partitions.getOrDefault(Split.VALIDATION, 1)));
    TopicPartition partition = new TopicPartition(topics.arrivals().name(), 0);
    try (Consumer<String, Arrival> consumer = CommittedReader.open(kafka, topics.arrivals())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, Arrival> found : consumer.poll(POLL)) {
          if (found.value() != null) {
            log.add(found.value(), known);
          }
        }
      }
    }
    return log;
  }

  private void add(Arrival arrival, KnownImages known) {
    known.put(
        arrival.getId(),
        Fingerprint.of(arrival.getSize(), arrival.getModifiedAt(), arrival.getSha256()));
    of(arrival.getSplit()).add(arrival);
  }

  ArrivalTail of(Split split) {
    return switch (split) {
      case TRAIN -> train;
      case VALIDATION -> validation;
    };
  }

  /**
   * Makes sure that topics are not those of a stream of arrivals.
   *
   * @throws PublishException if they are
   */
  static void requireNone(Map<String, Object> kafka, Topics topics) {
    Topic<Arrival> topic = topics.arrivals();
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    try (Consumer<String, Arrival> consumer = CommittedReader.open(kafka, topic)) {
      if (consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L) > 0) {
        throw new PublishException(
            ("Cannot publish a dataset to topics \"%s\": they hold images that arrived (produce"
                    + " --follow or --upload-port), and epochs of a dataset do not follow on those;"
                    + " use another --prefix")
                .formatted(topics.prefix()));
      }
    }
  }
}
