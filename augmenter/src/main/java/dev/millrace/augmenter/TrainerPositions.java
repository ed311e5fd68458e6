package dev.millrace.augmenter;

import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far the trainers have come, as they say on the progress topic. Not for several threads. */
final class TrainerPositions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerPositions.class);

  private final Consumer<String, Progress> consumer;
  private final Map<String, Progress> latest = new HashMap<>();

  /**
   * Begins at the topic's start.
   *
   * @param consumer closed with this reader
   */
  TrainerPositions(Consumer<String, Progress> consumer, Topic<Progress> progress) {
    this.consumer = consumer;
    List<TopicPartition> partitions = List.of(new TopicPartition(progress.name(), 0));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Waits for news, at most so long. */
  void read(Duration wait) {
    for (ConsumerRecord<String, Progress> record : poll(wait)) {
      if (record.value() == null) {
        latest.remove(record.key());
      } else {
        latest.put(record.key(), record.value());
      }
    }
  }

  /**
   * Where the slowest trainer that has not finished goes on in a topic, by partition; empty when
   * there is none.
   */
  Map<Integer, Long> slowest(Topic<?> tensors) {
    Optional<Map<Integer, Long>> slowest =
        latest.values().stream()
            .filter(progress -> !progress.getFinished())
            .filter(progress -> progress.getTopic().equals(tensors.name()))
            .map(progress -> byNumber(progress.getPositions()))
            .reduce(HoldBack::slower);
    return slowest.orElse(Map.of());
  }

  /**
   * Up to where an image may be deleted for all that trainers who augment by themselves need:
   * behind the last one if there is no such trainer, and not at all what they evaluate on.
   */
  long unneeded(Topics topics, TopicPartition images) {
    return latest.values().stream()
        .filter(progress -> !progress.getFinished())
        .filter(progress -> progress.getTopic().equals(topics.images(Split.TRAIN).name()))
        .mapToLong(progress ->
            images.topic().equals(progress.getTopic())
                ? byNumber(progress.getAcknowledged()).getOrDefault(images.partition(), 0L)
                : 0)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  // A record that nobody can read says nothing about any trainer; those behind it do.
  private ConsumerRecords<String, Progress> poll(Duration wait) {
    try {
      return consumer.poll(wait);
    } catch (RecordDeserializationException e) {
      LOG.warn("Cannot read {}@{}; left out", e.topicPartition(), e.offset(), e);
      consumer.seek(e.topicPartition(), e.offset() + 1);
      return ConsumerRecords.empty();
    }
  }

  @Override
  public void close() {
    consumer.close();
  }

  private static Map<Integer, Long> byNumber(Map<String, Long> byText) {
    Map<Integer, Long> byNumber = new HashMap<>();
    byText.forEach((partition, offset) -> byNumber.put(Integer.valueOf(partition), offset));
    return byNumber;
  }
}
