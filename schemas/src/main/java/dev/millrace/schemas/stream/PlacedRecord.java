package dev.millrace.schemas.stream;

import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.ImageTensorView;
import dev.millrace.schemas.Topic;
import java.nio.ByteBuffer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * A record of a topic of images or tensors, as far as its place in the stream goes.
 *
 * @param offset its offset
 * @param place the image's; of an epoch's end the next epoch's beginning
 * @param behind the place behind it; of an epoch's end the same
 * @param epochImages of an epoch's end, the number of its images; -1 of an image
 * @param millis when it came to be as it is: published, or augmented; milliseconds since 1970
 * @param bytes length of key and value
 */
public record PlacedRecord(
    long offset, Place place, Place behind, long epochImages, long millis, int bytes) {
  /** What a record says of its place; null if it is none of the topic's, as of other programs. */
  public static @Nullable PlacedRecord of(
      Topic<SpecificRecord> topic, ConsumerRecord<?, ByteBuffer> record) {
    try {
      ByteBuffer value = record.value();
      if (value == null) {
        return null;
      }
      int bytes = Math.max(0, record.serializedKeySize()) + value.remaining();
      if (ImageTensorView.isImageTensor(value)) {
        ImageTensorView tensor = ImageTensorView.of(value);
        Place place = new Place(tensor.epoch(), tensor.sequence());
        return image(record.offset(), place, tensor.augmentedAtMillis(), bytes);
      }
      return switch (topic
          .serde()
          .deserializer()
          .deserialize(topic.name(), record.headers(), value)) {
        case Image image ->
            image(
                record.offset(),
                new Place(image.getEpoch(), image.getSequence()),
                image.getPublishedAt().toEpochMilli(),
                bytes);
        case EpochEnd end -> {
          Place next = new Place(end.getEpoch() + 1, 0);
          long millis = end.getPublishedAt().toEpochMilli();
          yield new PlacedRecord(record.offset(), next, next, end.getImages(), millis, bytes);
        }
        default -> null;
      };
    } catch (SerializationException e) {
      return null; // whoever reads the stream writes a dead letter about it
    }
  }

  private static PlacedRecord image(long offset, Place place, long millis, int bytes) {
    Place behind = new Place(place.epoch(), place.sequence() + 1);
    return new PlacedRecord(offset, place, behind, -1, millis, bytes);
  }

  /** Whether it is an image, or its tensor, and not an epoch's end. */
  public boolean isImage() {
    return epochImages < 0;
  }
}
