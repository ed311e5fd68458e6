package dev.millrace.producer;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * The dead letters that earlier producers wrote behind the newest image of their partition, where
 * the images topic alone does not tell that they are done with.
 */
final class EarlierDeadLetters {
  private static final Duration POLL = Duration.ofMillis(200);

  // Records bear their sender's clock, which may be set back or differ from another machine's.
  private static final long CLOCKS_APART_MILLIS = 3_600_000;

  private final Set<Place> places;
  private final Set<Integer> replays;

  private EarlierDeadLetters(Set<Place> places, Set<Integer> replays) {
    this.places = places;
    this.replays = replays;
  }

  private record Place(int epoch, long sequence) {}

  boolean contains(int epoch, long sequence) {
    return places.contains(new Place(epoch, sequence));
  }

  /** Whether an epoch is a replay of images that were dead letters, and not the dataset. */
  boolean isReplay(int epoch) {
    return replays.contains(epoch);
  }

  /**
   * Reads those of a split.
   *
   * @param since none that matters is older, in milliseconds since 1970
   */
  static EarlierDeadLetters read(
      Map<String, Object> kafka, Topic<DeadLetter> topic, Split split, long since) {
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    Set<Place> places = new HashSet<>();
    Set<Integer> replays = new HashSet<>();
    try (Consumer<String, DeadLetter> consumer = CommittedReader.open(kafka, topic)) {
      consumer.assign(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      OffsetAndTimestamp first =
          consumer
              .offsetsForTimes(Map.of(partition, Math.max(0, since - CLOCKS_APART_MILLIS)))
              .get(partition);
      consumer.seek(partition, first == null ? end : first.offset());
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, DeadLetter> found : consumer.poll(POLL)) {
          DeadLetter letter = found.value();
          // An augmenter's dead letter names the topic and place of the image.
          if (letter.getSplit() == split && letter.getStage().equals(Topics.REPLAY_STAGE)) {
            replays.add(letter.getEpoch());
          } else if (letter.getSplit() == split && letter.getTopic().isEmpty()) {
            places.add(new Place(letter.getEpoch(), letter.getSequence()));
          }
        }
      }
    }
    return new EarlierDeadLetters(places, replays);
  }
}
