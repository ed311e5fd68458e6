package dev.millrace.producer;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads all dead letters that there are, oldest first, a few at a time. */
final class DeadLetterLog {
  private static final Duration POLL = Duration.ofMillis(200);

  private DeadLetterLog() {}

  static void read(
      Map<String, Object> kafka, Topic<DeadLetter> topic, Consumer<StoredLetter> each) {
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    List<TopicPartition> all = List.of(partition);
    try (var consumer = CommittedReader.open(kafka, topic)) {
      consumer.assign(all);
      consumer.seekToBeginning(all);
      long end = consumer.endOffsets(all).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, DeadLetter> found : consumer.poll(POLL)) {
          each.accept(new StoredLetter(found.offset(), found.value()));
        }
      }
    }
  }
}
