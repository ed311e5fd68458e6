package dev.millrace.producer;

import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads the class list that was published last. */
final class NewestClassList {
  private static final Duration POLL = Duration.ofMillis(200);

  private NewestClassList() {}

  static Optional<ClassList> read(Map<String, Object> kafka, Topic<ClassList> topic) {
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    List<TopicPartition> all = List.of(partition);
    Optional<ClassList> newest = Optional.empty();
    try (Consumer<String, ClassList> consumer = CommittedReader.open(kafka, topic)) {
      consumer.assign(all);
      consumer.seekToBeginning(all);
      long end = consumer.endOffsets(all).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, ClassList> found : consumer.poll(POLL)) {
          newest = Optional.of(found.value());
        }
      }
    }
    return newest;
  }
}
