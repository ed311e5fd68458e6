package dev.millrace.dashboard.pictures;

import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.PngEncoder;
import dev.millrace.schemas.Mistake;
import dev.millrace.schemas.Mistakes;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what a run got most wrong. */
final class MistakesReader {
  private static final Logger LOG = LoggerFactory.getLogger(MistakesReader.class);
  private static final int MOST = 12;
  private static final int LONGEST_SIDE = 112;
  private static final int MOST_PREDICTIONS = 5;

  private final Topics topics;

  MistakesReader(Topics topics) {
    this.topics = topics;
  }

  /**
   * The record at an offset.
   *
   * @return null if it is gone, or not as it must be
   */
  @Nullable Mistakes read(Consumer<String, ByteBuffer> consumer, String run, long offset) {
    TopicPartition partition = new TopicPartition(topics.mistakes().name(), 0);
    ConsumerRecord<String, ByteBuffer> record = Readers.at(consumer, partition, offset);
    if (record == null || record.value() == null) {
      return null;
    }
    try {
      Mistakes mistakes =
          topics
              .mistakes()
              .serde()
              .deserializer()
              .deserialize(record.topic(), record.headers(), record.value());
      if (mistakes.getRun().equals(run) && isSound(mistakes)) {
        return mistakes;
      }
      LOG.warn(
          "Mistakes at {}@{} are left out: they are of run {} or of other sizes than they may be",
          partition,
          offset,
          mistakes.getRun());
    } catch (SerializationException e) {
      LOG.warn("Mistakes at {}@{} cannot be read", partition, offset, e);
    }
    return null;
  }

  private static boolean isSound(Mistakes mistakes) {
    return mistakes.getImages().size() <= MOST
        && mistakes.getImages().stream().allMatch(MistakesReader::isSound);
  }

  private static boolean isSound(Mistake mistake) {
    return isSide(mistake.getHeight())
        && isSide(mistake.getWidth())
        && mistake.getBytes().remaining()
            == mistake.getHeight() * mistake.getWidth() * Pixels.CHANNELS
        && mistake.getPredictions().size() <= MOST_PREDICTIONS;
  }

  private static boolean isSide(int length) {
    return length >= 1 && length <= LONGEST_SIDE;
  }

  /** The picture of one of them as PNG; empty if there are not so many. */
  static Optional<byte[]> png(Mistakes mistakes, int index) {
    if (index < 0 || index >= mistakes.getImages().size()) {
      return Optional.empty();
    }
    Mistake mistake = mistakes.getImages().get(index);
    byte[] rgb = new byte[mistake.getBytes().remaining()];
    mistake.getBytes().duplicate().get(rgb);
    return Optional.of(PngEncoder.encode(new Pixels(mistake.getHeight(), mistake.getWidth(), rgb)));
  }
}
