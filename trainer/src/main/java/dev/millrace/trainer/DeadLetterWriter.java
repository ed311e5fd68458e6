package dev.millrace.trainer;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.ImageTensorView;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes tensors that the trainer cannot use, with the reason. A letter may appear again when a
 * trainer resumes before it: the tensor's topic, partition and offset tell.
 */
final class DeadLetterWriter {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterWriter.class);
  private static final String STAGE = "read";

  private final RecordSender sender;
  private final Topic<DeadLetter> topic;
  private final InstantSource clock;

  DeadLetterWriter(RecordSender sender, Topic<DeadLetter> topic, InstantSource clock) {
    this.sender = sender;
    this.topic = topic;
    this.clock = clock;
  }

  /** A tensor that could be read. */
  void write(ConsumerRecord<String, ByteBuffer> source, ImageTensorView tensor, String reason) {
    send(
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
    send(
        letter(source, reason)
            .setId(key == null ? "" : key)
            .setLabel(-1)
            .setSplit(split)
            .setEpoch(-1)
            .setSequence(-1)
            .build());
  }

  private DeadLetter.Builder letter(ConsumerRecord<String, ByteBuffer> source, String reason) {
    return DeadLetter.newBuilder()
        .setSource("")
        .setStage(STAGE)
        .setReason(reason)
        .setTopic(source.topic())
        .setPartition(source.partition())
        .setOffset(source.offset())
        .setFailedAt(clock.instant())
        .setSize(0) // the encoded image is not at hand here
        .setBytes(ByteBuffer.allocate(0));
  }

  private void send(DeadLetter letter) {
    LOG.warn(
        "Cannot train on {}-{}@{} ({}): {}; written to {}",
        letter.getTopic(),
        letter.getPartition(),
        letter.getOffset(),
        letter.getId(),
        letter.getReason(),
        topic.name());
    sender.send(topic, letter.getId(), letter);
  }
}
