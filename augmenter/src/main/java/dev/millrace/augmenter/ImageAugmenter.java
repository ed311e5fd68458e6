package dev.millrace.augmenter;

import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a record of an images topic what an augmenter would publish for it, without a broker:
 * the same code as in the topology, and the same bytes but for the time. Belongs to one thread.
 */
public final class ImageAugmenter implements AutoCloseable {
  private final ImageWork work;
  private final Serializer<SpecificRecord> tensors;
  private final DeadLetterLimit limit;

  private ImageAugmenter(
      ImageWork work, Serializer<SpecificRecord> tensors, DeadLetterLimit limit) {
    this.work = work;
    this.tensors = tensors;
    this.limit = limit;
  }

  /** What becomes of a record. */
  public sealed interface Made {
    /**
     * A tensor or an epoch's end.
     *
     * @param value the record's value as the tensors topic holds it
     */
    record Value(ByteBuffer value) implements Made {}

    /** Nothing could be made of it. */
    record Failed(DeadLetter letter) implements Made {}
  }

  /** Opens augmenters that share their options, statistics and limit of dead letters. */
  public static final class Factory {
    private final AugmenterOptions options;
    private final Topics topics;
    private final Recipe recipe;
    private final DeadLetters deadLetters;
    private final InstantSource clock;
    private final DeadLetterLimit limit;

    private Factory(AugmenterOptions options, Topics topics, Recipe recipe, InstantSource clock) {
      this.options = options;
      this.topics = topics;
      this.recipe = recipe;
      this.clock = clock;
      this.deadLetters = new DeadLetters(clock, options.maxRecordBytes());
      this.limit = new DeadLetterLimit(options.maxDeadLetterShare());
    }

    /** Opens one for a split; the caller's to close. */
    public ImageAugmenter open(Split split) {
      ImageDecoder decoder = ImageDecoders.open(options.imageLimits());
      return new ImageAugmenter(
          new ImageWork(
              topics.images(split).serde().deserializer(),
              split,
              decoder,
              recipe,
              clock,
              deadLetters,
              new Tally()),
          topics.tensors(split).serde().serializer(),
          limit);
    }
  }

  /**
   * Prepares augmenters.
   *
   * @param options what to do to an image; how augmenters run does not matter
   * @param kafka client properties, for the dataset's statistics if they are asked for
   * @param clock tells the time that tensors and dead letters are stamped with
   * @throws AugmenterFailedException if the dataset's statistics are asked for and missing
   * @throws KafkaException if the brokers do not answer
   */
  public static Factory factory(
      AugmenterOptions options, Topics topics, Map<String, Object> kafka, InstantSource clock) {
    StatisticsInUse statistics = StatisticsInUse.of(options.statistics(), topics, kafka);
    return new Factory(options, topics, Recipe.of(options, statistics.colors()), clock);
  }

  /**
   * Makes it.
   *
   * @param value the image's record, or null where it has none
   * @param topic its topic
   * @param partition its partition
   * @param offset its offset
   * @throws AugmenterFailedException if too many of the latest images are dead letters
   */
  public Made make(byte @Nullable [] value, String topic, int partition, long offset) {
    Origin origin = new Origin(topic, partition, offset);
    return switch (work.apply(value, origin)) {
      case Outcome.Augmented(var tensor, int _) -> {
        limit.tensor();
        yield new Made.Value(ByteBuffer.wrap(tensors.serialize(topic, tensor)));
      }
      case Outcome.Passed(var end) ->
          new Made.Value(ByteBuffer.wrap(tensors.serialize(topic, end)));
      case Outcome.Failed(var letter, Stage _) -> {
        limit.deadLetter(
            "Cannot %s %s (%s): %s"
                .formatted(letter.getStage(), origin, letter.getId(), letter.getReason()));
        yield new Made.Failed(letter);
      }
    };
  }

  @Override
  public void close() {
    work.close();
  }
}
