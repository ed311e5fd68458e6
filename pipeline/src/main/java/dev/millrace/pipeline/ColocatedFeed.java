package dev.millrace.pipeline;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.ImageAugmenter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.Feed;
import dev.millrace.trainer.TensorMaker;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Gives the augmenter's work to a trainer in the same process. */
public final class ColocatedFeed {
  private final AugmenterOptions options;
  private final Topics topics;
  private final Map<String, Object> kafka;
  private ImageAugmenter.@Nullable Factory factory;

  private ColocatedFeed(AugmenterOptions options, Topics topics, Map<String, Object> kafka) {
    this.options = options;
    this.topics = topics;
    this.kafka = Map.copyOf(kafka);
  }

  /**
   * The feed of a trainer.
   *
   * @param threads threads that augment in its process; empty for the tensors topic
   * @param options what to do to an image
   * @param kafka client properties, with bootstrap.servers
   */
  public static Feed of(
      OptionalInt threads, AugmenterOptions options, Topics topics, Map<String, Object> kafka) {
    return threads.isPresent()
        ? new Feed.Colocated(
            new ColocatedFeed(options, topics, kafka)::open,
            threads.getAsInt(),
            !options.purgeImages())
        : new Feed.Tensors();
  }

  // When the first is opened the topics are there, the dataset's statistics among them.
  private synchronized TensorMaker open(Split split) {
    ImageAugmenter.Factory made = factory;
    if (made == null) {
      made = ImageAugmenter.factory(options, topics, kafka, InstantSource.system());
      factory = made;
    }
    return new Maker(made.open(split));
  }

  /** An augmenter as trainers see it. */
  private record Maker(ImageAugmenter augmenter) implements TensorMaker {
    @Override
    public Made make(byte @Nullable [] value, String topic, int partition, long offset) {
      return switch (augmenter.make(value, topic, partition, offset)) {
        case ImageAugmenter.Made.Value made -> new Made.Value(made.value());
        case ImageAugmenter.Made.Failed failed -> new Made.Failed(failed.letter());
      };
    }

    @Override
    public void close() {
      augmenter.close();
    }
  }
}
