package dev.millrace.trainer;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.ImageTensorView;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes dead letters about what the trainer cannot use, with the reason. For one thread. */
final class DeadLetterWriter {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterWriter.class);
  private static final String READ_STAGE = "read";
  private static final int WARNINGS = 20;

  private final Consumer<DeadLetter> sink;
  private final String stage;
  private final InstantSource clock;
  private int written;

  private DeadLetterWriter(Consumer<DeadLetter> sink, String stage, InstantSource clock) {
    this.sink = sink;
    this.stage = stage;
    this.clock = clock;
  }

  /**
   * Publishes letters about tensors at once. A letter may appear again when a trainer resumes
   * before it: the tensor's topic, partition and offset tell.
   */
  static DeadLetterWriter publishing(
      RecordSender sender, Topic<DeadLetter> topic, InstantSource clock) {
    return new DeadLetterWriter(
        letter -> sender.send(topic, letter.getId(), letter), READ_STAGE, clock);
  }

  /** Keeps letters about images until a checkpoint publishes them. */
  static DeadLetterWriter keeping(PendingLetters letters, InstantSource clock) {
    return new DeadLetterWriter(letters::add, Topics.TRAIN_STAGE, clock);
  }

  /** A tensor that could be read. */
  void write(ConsumerRecord<String, ByteBuffer> source, ImageTensorView tensor, String reason) {
    write(
        letter(source, reason)
            .setId(tensor.id())
            .setLabel(tensor.label())
            .setSplit(tensor.split())
            .setEpoch(tensor.epoch())
            .setSequence(tensor.sequence())
            .build());
  }

  /** A record that could not be read; its key is the image's id. */
  void write(ConsumerRecord<String, ByteBuffer> source, Split split, String reason) {
    String key = source.key();
    write(
        letter(source, reason)
            .setId(key == null ? "" : key)
            .setLabel(-1)
            .setSplit(split)
            .setEpoch(-1)
            .setSequence(-1)
            .build());
  }

  /** A letter as it is. */
  void write(DeadLetter letter) {
    written++;
    LOG.atLevel(written <= WARNINGS ? Level.WARN : Level.DEBUG)
        .log(
            "Cannot train on {}-{}@{} ({}): {}; goes to the dead letters",
            letter.getTopic(),
            letter.getPartition(),
            letter.getOffset(),
            letter.getId(),
            letter.getReason());
    sink.accept(letter);
  }

  private DeadLetter.Builder letter(ConsumerRecord<String, ByteBuffer> source, String reason) {
    return DeadLetter.newBuilder()
        .setSource("")
        .setStage(stage)
        .setReason(reason)
        .setTopic(source.topic())
        .setPartition(source.partition())
        .setOffset(source.offset())
        .setFailedAt(clock.instant())
        .setSize(0) // the encoded image is not at hand here
        .setBytes(ByteBuffer.allocate(0));
  }
}
