package dev.millrace.augmenter;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Image;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Makes dead letters: the reason, the place and, when they are not too many, the bytes. */
final class DeadLetters {
  private static final int MOST_BYTES = 4 << 20;
  private static final int ROOM_FOR_FIELDS = 64 << 10;
  private static final int LONGEST_TEXT = 8 << 10;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

  private final InstantSource clock;
  private final int mostBytes;

  /**
   * Makes letters for a topic.
   *
   * @param maxRecordBytes largest record that the topic takes
   */
  DeadLetters(InstantSource clock, int maxRecordBytes) {
    this.clock = clock;
    this.mostBytes = Math.min(MOST_BYTES, maxRecordBytes - ROOM_FOR_FIELDS);
  }

  /** A letter for an image that could be read as a record. */
  DeadLetter of(Image image, Origin origin, Stage stage, String reason) {
    ByteBuffer bytes = image.getBytes();
    return DeadLetter.newBuilder()
        .setId(shortened(image.getId()))
        .setLabel(image.getLabel())
        .setSplit(image.getSplit())
        .setEpoch(image.getEpoch())
        .setSequence(image.getSequence())
        .setSource(shortened(image.getSource()))
        .setStage(stage.text())
        .setReason(shortened(reason))
        .setTopic(origin.topic())
        .setPartition(origin.partition())
        .setOffset(origin.offset())
        .setFailedAt(clock.instant())
        .setSize(bytes.remaining())
        .setBytes(kept(bytes))
        .build();
  }

  /** A letter for a record that could not be read; its bytes are the record's whole value. */
  DeadLetter of(byte @Nullable [] value, Origin origin, Stage stage, String reason) {
    ByteBuffer bytes = value == null ? NOTHING : ByteBuffer.wrap(value);
    return DeadLetter.newBuilder()
        .setId("")
        .setLabel(-1)
        .setEpoch(-1)
        .setSequence(-1)
        .setSource("")
        .setStage(stage.text())
        .setReason(shortened(reason))
        .setTopic(origin.topic())
        .setPartition(origin.partition())
        .setOffset(origin.offset())
        .setFailedAt(clock.instant())
        .setSize(bytes.remaining())
        .setBytes(kept(bytes))
        .build();
  }

  private ByteBuffer kept(ByteBuffer bytes) {
    return bytes.remaining() <= mostBytes ? bytes : NOTHING;
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
  }
}
