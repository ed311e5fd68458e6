package dev.millrace.producer;

import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.schemas.Arrival;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Image;
import java.nio.ByteBuffer;
import java.time.InstantSource;

/** Makes the records that are written of an image that arrived. */
final class ArrivalRecords {
  private static final String STAGE = "read";

  private final InstantSource clock;

  ArrivalRecords(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * The image as it is published.
   *
   * @param bytes what is published of it
   */
  Image image(IncomingImage image, int label, ArrivalPlace place, byte[] bytes) {
    return new Image(
        image.id(),
        label,
        image.synset(),
        image.split(),
        place.epoch(),
        place.sequence(),
        image.source(),
        clock.instant(),
        ByteBuffer.wrap(bytes));
  }

  /**
   * A dead letter in its place.
   *
   * @param label class index, or -1
   */
  DeadLetter letter(IncomingImage image, int label, ArrivalPlace place, String reason) {
    return DeadLetter.newBuilder()
        .setId(image.id())
        .setLabel(label)
        .setSplit(image.split())
        .setEpoch(place.epoch())
        .setSequence(place.sequence())
        .setSource(image.source())
        .setStage(STAGE)
        .setReason(reason)
        .setTopic("")
        .setPartition(-1)
        .setOffset(-1)
        .setFailedAt(clock.instant())
        .setSize(image.size())
        .setBytes(ByteBuffer.wrap(image.bytes()))
        .build();
  }

  /**
   * The note by which it is known from now on.
   *
   * @param published whether it is an image, and no dead letter
   * @param label class index, or -1
   */
  Arrival arrival(IncomingImage image, boolean published, int label, ArrivalPlace place) {
    return new Arrival(
        image.id(),
        published,
        label,
        image.split(),
        place.epoch(),
        place.sequence(),
        image.size(),
        image.modifiedAt(),
        image.sha256(),
        clock.instant());
  }
}
