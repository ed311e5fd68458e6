package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointChunk;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a checkpoint's bytes and checks every one of them. For one thread. */
final class CheckpointReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointReader.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** Takes a checkpoint's bytes piece by piece. */
  interface Sink {
    void accept(ByteBuffer piece) throws DamagedCheckpointException;
  }

  private final Consumer<String, ByteBuffer> consumer;
  private final Topic<CheckpointChunk> topic;
  private final TopicPartition partition;

  CheckpointReader(Consumer<String, ByteBuffer> consumer, Topics topics) {
    this.consumer = consumer;
    this.topic = topics.checkpointChunks();
    this.partition = new TopicPartition(topic.name(), 0);
    consumer.assign(List.of(partition));
  }

  /**
   * The first of some checkpoints that is whole, in memory outside the heap.
   *
   * @param newestFirst to be tried in this order
   * @return null if there are none
   * @throws ResumeException if there are some, but none is whole
   */
  @SuppressWarnings("MustBeClosedChecker") // the loaded checkpoint closes it
  @Nullable LoadedCheckpoint load(List<CheckpointManifest> newestFirst) {
    for (CheckpointManifest manifest : newestFirst) {
      Arena arena = Arena.ofShared();
      try {
        SafetensorsLoader loader = new SafetensorsLoader(arena);
        read(manifest, loader::accept);
        return new LoadedCheckpoint(manifest, loader.tensors(), arena);
      } catch (DamagedCheckpointException e) {
        arena.close();
        LOG.warn(
            "The checkpoint of run {} at step {} (chunks from {}@{}) is damaged: {}. The one before"
                + " it is tried; what was trained since is trained again, as far as its tensors are"
                + " still there",
            manifest.getRun(),
            manifest.getStep(),
            partition,
            manifest.getFirstChunkOffset(),
            e.getMessage());
      }
    }
    if (newestFirst.isEmpty()) {
      return null;
    }
    throw new ResumeException(
        "Cannot resume run %s: each of its %d checkpoints in %s is damaged. Start anew under another run name."
            .formatted(newestFirst.getFirst().getRun(), newestFirst.size(), topic.name()));
  }

  /**
   * Reads a checkpoint's bytes. They are to be used only when this returns: the SHA-256 is known at
   * the end.
   *
   * @throws DamagedCheckpointException if a chunk is missing, or the bytes are not those that the
   *     manifest describes
   */
  void read(CheckpointManifest manifest, Sink sink) throws DamagedCheckpointException {
    if (!manifest.getFormat().equals(Safetensors.FORMAT)) {
      throw new DamagedCheckpointException(
          "format must be %s, found %s".formatted(Safetensors.FORMAT, manifest.getFormat()));
    }
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    consumer.seek(partition, manifest.getFirstChunkOffset());
    Progress progress = new Progress(manifest, sink);
    while (!progress.complete()) {
      if (consumer.position(partition) >= end) {
        throw new DamagedCheckpointException(
            "%d of %d chunks were found".formatted(progress.chunks, manifest.getChunks()));
      }
      for (ConsumerRecord<String, ByteBuffer> read : consumer.poll(POLL)) {
        if (!progress.complete()) {
          progress.accept(decode(read));
        }
      }
    }
    progress.check();
  }

  private CheckpointChunk decode(ConsumerRecord<String, ByteBuffer> read)
      throws DamagedCheckpointException {
    try {
      return topic.serde().deserializer().deserialize(topic.name(), read.headers(), read.value());
    } catch (SerializationException e) {
      throw new DamagedCheckpointException(
          "chunk at offset %d cannot be read: %s".formatted(read.offset(), e.getMessage()));
    }
  }

  @Override
  public void close() {
    consumer.close();
  }

  /** How much of a checkpoint has been read; chunks of other runs may lie in between. */
  private static final class Progress {
    private final CheckpointManifest manifest;
    private final Sink sink;
    private final MessageDigest digest = Sha256.digest();
    private int chunks;
    private long bytes;

    Progress(CheckpointManifest manifest, Sink sink) {
      this.manifest = manifest;
      this.sink = sink;
    }

    boolean complete() {
      return chunks == manifest.getChunks();
    }

    void accept(CheckpointChunk chunk) throws DamagedCheckpointException {
      if (!chunk.getRun().equals(manifest.getRun())) {
        return;
      }
      if (chunk.getStep() != manifest.getStep() || chunk.getIndex() != chunks) {
        throw new DamagedCheckpointException(
            "chunk %d of step %d must follow, found chunk %d of step %d"
                .formatted(chunks, manifest.getStep(), chunk.getIndex(), chunk.getStep()));
      }
      digest.update(chunk.getBytes().duplicate());
      bytes += chunk.getBytes().remaining();
      chunks++;
      sink.accept(chunk.getBytes().duplicate());
    }

    void check() throws DamagedCheckpointException {
      if (bytes != manifest.getBytes()) {
        throw new DamagedCheckpointException(
            "it must have %d bytes, found %d".formatted(manifest.getBytes(), bytes));
      }
      String sha256 = HexFormat.of().formatHex(digest.digest());
      if (!sha256.equals(manifest.getSha256())) {
        throw new DamagedCheckpointException(
            "its SHA-256 must be %s, found %s".formatted(manifest.getSha256(), sha256));
      }
    }
  }
}
