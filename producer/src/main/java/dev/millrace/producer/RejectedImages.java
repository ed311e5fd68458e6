package dev.millrace.producer;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers dead letters by image. Takes about 1 KiB of memory for each image that has any. What a
 * trainer refused is not among them: that is a tensor, and its image is sound.
 */
public final class RejectedImages {
  private static final int LONGEST_REASON = 500;

  private final Topics topics;
  private final Map<String, RejectedImage> images = new LinkedHashMap<>();

  private RejectedImages(Topics topics) {
    this.topics = topics;
  }

  /** Reads all dead letters; the image that was left out first comes first. */
  public static List<RejectedImage> read(Map<String, Object> kafka, Topics topics) {
    RejectedImages rejected = new RejectedImages(topics);
    DeadLetterLog.read(kafka, topics.deadLetters(), rejected::add);
    return List.copyOf(rejected.images.values());
  }

  /** The image's id, or its place where that could not be read. */
  static String name(DeadLetter letter) {
    return letter.getId().isEmpty()
        ? "%s-%d@%d".formatted(letter.getTopic(), letter.getPartition(), letter.getOffset())
        : letter.getId();
  }

  private void add(StoredLetter stored) {
    DeadLetter letter = stored.letter();
    if (letter.getStage().equals(Topics.REPLAY_STAGE)) {
      images.computeIfPresent(letter.getId(), (_, image) -> replayed(image, letter.getEpoch()));
    } else if (isOfImage(letter)) {
      images.compute(name(letter), (name, image) -> rejected(name, image, stored));
    }
  }

  private boolean isOfImage(DeadLetter letter) {
    String topic = letter.getTopic();
    return topic.isEmpty()
        || Arrays.stream(Split.values())
            .anyMatch(split -> topics.images(split).name().equals(topic));
  }

  private static RejectedImage replayed(RejectedImage image, int epoch) {
    return new RejectedImage(
        image.name(),
        image.split(),
        image.letters(),
        image.firstEpoch(),
        image.lastEpoch(),
        image.stage(),
        image.reason(),
        image.source(),
        image.size(),
        image.kept(),
        Math.max(epoch, image.replayedInto()),
        image.offset());
  }

  private static RejectedImage rejected(
      String name, @Nullable RejectedImage before, StoredLetter stored) {
    DeadLetter letter = stored.letter();
    int epoch = letter.getEpoch();
    return new RejectedImage(
        name,
        letter.getSplit(),
        before == null ? 1 : before.letters() + 1,
        before == null ? epoch : Math.min(epoch, before.firstEpoch()),
        before == null ? epoch : Math.max(epoch, before.lastEpoch()),
        letter.getStage(),
        shortened(letter.getReason()),
        letter.getSource(),
        letter.getSize(),
        letter.getBytes().hasRemaining(),
        before == null ? -1 : before.replayedInto(),
        stored.offset());
  }

  private static String shortened(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON);
  }
}
