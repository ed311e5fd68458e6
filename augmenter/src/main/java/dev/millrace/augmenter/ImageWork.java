package dev.millrace.augmenter;

import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.Pixels;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TensorLayout;
import dev.millrace.schemas.TensorType;
import java.time.InstantSource;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done to one record: read, decode, augment. Never throws for a bad image, whatever is bad
 * about it: bad input is an outcome like another. Belongs to one task.
 */
final class ImageWork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImageWork.class);

  private final Deserializer<SpecificRecord> deserializer;
  private final Split split;
  private final ImageDecoder decoder;
  private final Augmentation augmentation;
  private final TensorType type;
  private final InstantSource clock;
  private final DeadLetters deadLetters;
  private final Tally tally;

  /**
   * Prepares the work.
   *
   * @param split the split of the topic that the records come from
   * @param decoder closed with this work
   * @param tally told how long it takes
   */
  ImageWork(
      Deserializer<SpecificRecord> deserializer,
      Split split,
      ImageDecoder decoder,
      Recipe recipe,
      InstantSource clock,
      DeadLetters deadLetters,
      Tally tally) {
    this.deserializer = deserializer;
    this.split = split;
    this.decoder = decoder;
    this.augmentation = new Augmentation(recipe, decoder);
    this.type = recipe.type();
    this.clock = clock;
    this.deadLetters = deadLetters;
    this.tally = tally;
  }

  Outcome apply(byte @Nullable [] value, Origin origin) {
    Stage stage = Stage.READ;
    long begin = System.nanoTime();
    Image image = null;
    try {
      SpecificRecord record = read(value, origin);
      if (record instanceof EpochEnd end) {
        return new Outcome.Passed(end);
      }
      image = (Image) record;
      check(image);
      begin = tally.took(stage, begin);
      stage = Stage.AUGMENT;
      Augmentation.Result result =
          augmentation.apply(image.getBytes(), split, image.getEpoch(), image.getId());
      return new Outcome.Augmented(tensor(image, result), image.getBytes().remaining());
    } catch (CorruptImageException e) {
      return failed(image, value, origin, Stage.DECODE, String.valueOf(e.getMessage()));
    } catch (RejectedImageException | SerializationException e) {
      return failed(image, value, origin, stage, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // A mistake of ours that one image brings to light must not stop all the others.
      LOG.error("Cannot {} {}: unexpected exception", stage.text(), origin, e);
      return failed(image, value, origin, stage, e.toString());
    } finally {
      tally.took(stage, begin);
    }
  }

  @Override
  public void close() {
    decoder.close();
  }

  private SpecificRecord read(byte @Nullable [] value, Origin origin)
      throws RejectedImageException {
    if (value == null) {
      throw new RejectedImageException("the record has no value, expected an Image or EpochEnd");
    }
    return deserializer.deserialize(origin.topic(), value);
  }

  private void check(Image image) throws RejectedImageException {
    if (image.getSplit() != split) {
      throw new RejectedImageException(
          "split must be %s on this topic, found %s".formatted(split, image.getSplit()));
    }
    if (image.getLabel() < 0) {
      throw new RejectedImageException("label must be 0 or more, found " + image.getLabel());
    }
    if (image.getEpoch() < 0 || image.getSequence() < 0) {
      throw new RejectedImageException(
          "epoch and sequence must be 0 or more, found %d and %d"
              .formatted(image.getEpoch(), image.getSequence()));
    }
  }

  private ImageTensor tensor(Image image, Augmentation.Result result) {
    return ImageTensor.newBuilder()
        .setId(image.getId())
        .setLabel(image.getLabel())
        .setSplit(image.getSplit())
        .setEpoch(image.getEpoch())
        .setSequence(image.getSequence())
        .setHeight(result.height())
        .setWidth(result.width())
        .setChannels(Pixels.CHANNELS)
        .setLayout(TensorLayout.HWC)
        .setType(type)
        .setPublishedAt(image.getPublishedAt())
        .setAugmentedAt(clock.instant())
        .setBytes(result.elements())
        .build();
  }

  private Outcome failed(
      @Nullable Image image, byte @Nullable [] value, Origin origin, Stage stage, String reason) {
    return new Outcome.Failed(
        image == null
            ? deadLetters.of(value, origin, stage, reason)
            : deadLetters.of(image, origin, stage, reason),
        stage);
  }
}
