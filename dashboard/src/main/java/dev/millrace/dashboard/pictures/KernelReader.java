package dev.millrace.dashboard.pictures;

import dev.millrace.schemas.CheckpointChunk;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.checkpoint.ChunkOrder;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.schemas.checkpoint.SafetensorsHeader;
import dev.millrace.schemas.checkpoint.SafetensorsHeaderReader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads of a checkpoint's chunks those that hold the header and the first convolution's weights: of
 * {@code alexnet}, whose weights are 244 MB, the first one of 960 KiB. Reads no more than 16 MiB of
 * a checkpoint and 64 MiB of its topic, and no longer than three seconds.
 */
final class KernelReader {
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int LONGEST_HEADER = 8 << 20;
  private static final long MOST_OF_CHECKPOINT = 16 << 20;
  private static final long MOST_OF_TOPIC = 64 << 20;

  private final Topic<CheckpointChunk> topic;
  private final CheckpointManifest manifest;
  private final ChunkOrder order;
  private final SafetensorsHeaderReader headerReader = new SafetensorsHeaderReader(LONGEST_HEADER);
  private SafetensorsHeader.@Nullable Place place;
  private ByteBuffer elements = ByteBuffer.allocate(0);
  private long toSkip;
  private long ofCheckpoint;
  private long ofTopic;

  /** For one checkpoint, once. */
  KernelReader(Topic<CheckpointChunk> topic, CheckpointManifest manifest) {
    this.topic = topic;
    this.manifest = manifest;
    this.order = new ChunkOrder(manifest);
  }

  /**
   * Reads them.
   *
   * @throws DamagedCheckpointException if the chunks are deleted, or are not a checkpoint's with
   *     kernels that can be drawn
   * @throws TimeoutException if they do not come in time
   */
  Kernels read(Consumer<String, ByteBuffer> consumer) throws DamagedCheckpointException {
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    consumer.assign(List.of(partition));
    consumer.seek(partition, manifest.getFirstChunkOffset());
    long end = System.nanoTime() + LONGEST.toNanos();
    try {
      while (System.nanoTime() < end) {
        for (ConsumerRecord<String, ByteBuffer> record : consumer.poll(POLL)) {
          ByteBuffer piece = order.accept(chunk(record));
          if (piece != null) {
            take(piece);
          }
          SafetensorsHeader.Place known = place;
          if (known != null && !elements.hasRemaining()) {
            return Kernels.of(known, elements.flip());
          }
        }
      }
    } catch (OffsetOutOfRangeException e) {
      throw new DamagedCheckpointException("its chunks are deleted");
    }
    throw new TimeoutException(
        "The first weights of the checkpoint of step %d of run %s do not come, after %d of %d chunks"
            .formatted(
                manifest.getStep(), manifest.getRun(), order.chunks(), manifest.getChunks()));
  }

  private CheckpointChunk chunk(ConsumerRecord<String, ByteBuffer> record)
      throws DamagedCheckpointException {
    ByteBuffer value = record.value();
    ofTopic += value == null ? 0 : value.remaining();
    if (value == null || ofTopic > MOST_OF_TOPIC) {
      throw new DamagedCheckpointException(
          "its first weights are not in the first %d MiB behind offset %d"
              .formatted(MOST_OF_TOPIC >> 20, manifest.getFirstChunkOffset()));
    }
    try {
      return topic.serde().deserializer().deserialize(topic.name(), record.headers(), value);
    } catch (SerializationException e) {
      throw new DamagedCheckpointException(
          "chunk at offset %d cannot be read: %s".formatted(record.offset(), e.getMessage()));
    }
  }

  private void take(ByteBuffer piece) throws DamagedCheckpointException {
    ofCheckpoint += piece.remaining();
    if (ofCheckpoint > MOST_OF_CHECKPOINT) {
      throw new DamagedCheckpointException(
          "its first weights are not in its first %d MiB".formatted(MOST_OF_CHECKPOINT >> 20));
    }
    if (place == null) {
      SafetensorsHeader header = headerReader.accept(piece);
      if (header == null) {
        return;
      }
      begin(header);
    }
    long skipped = Math.min(toSkip, piece.remaining());
    piece.position(piece.position() + (int) skipped);
    toSkip -= skipped;
    SafetensorsHeaderReader.move(piece, elements);
  }

  private void begin(SafetensorsHeader header) throws DamagedCheckpointException {
    SafetensorsHeader.Place found =
        header.tensors().stream()
            .filter(tensor -> tensor.name().equals(Kernels.NAME))
            .findFirst()
            .orElseThrow(() -> new DamagedCheckpointException("it has no " + Kernels.NAME));
    Kernels.check(found);
    place = found;
    toSkip = found.begin();
    elements = ByteBuffer.allocate((int) found.bytes());
  }
}
