package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointChunk;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.checkpoint.ChunkOrder;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.schemas.checkpoint.SafetensorsHeader;
import dev.millrace.schemas.checkpoint.SafetensorsHeaderReader;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a checkpoint's bytes and checks every one of them. For one thread. */
final class CheckpointReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointReader.class);
  private static final Duration POLL = Duration.ofMillis(200);

  // A transaction is committed in one partition after the other: chunks may show after the
  // manifest.
  private static final Duration LATEST = Duration.ofSeconds(2);

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
  @Nullable LoadedCheckpoint load(List<CheckpointManifest> newestFirst) {
    for (CheckpointManifest manifest : newestFirst) {
      try {
        return load(manifest);
      } catch (DamagedCheckpointException e) {
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
   * Reads one checkpoint into memory outside the heap; the caller closes it.
   *
   * @throws DamagedCheckpointException if it is not whole
   */
  @SuppressWarnings("MustBeClosedChecker") // the loaded checkpoint closes it
  LoadedCheckpoint load(CheckpointManifest manifest) throws DamagedCheckpointException {
    Arena arena = Arena.ofShared();
    try {
      SafetensorsLoader loader = new SafetensorsLoader(arena);
      read(manifest, loader::accept);
      return new LoadedCheckpoint(manifest, loader.header(), loader.tensors(), arena);
    } catch (DamagedCheckpointException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * What a checkpoint's bytes tell about themselves; reads no more of them than that needs, and
   * checks nothing else.
   *
   * @throws DamagedCheckpointException if that part is not as it must be
   */
  SafetensorsHeader header(CheckpointManifest manifest) throws DamagedCheckpointException {
    SafetensorsHeaderReader reader = new SafetensorsHeaderReader();
    AtomicReference<@Nullable SafetensorsHeader> header = new AtomicReference<>();
    Progress progress = new Progress(manifest, piece -> header.set(reader.accept(piece)));
    read(progress, () -> header.get() != null);
    SafetensorsHeader read = header.get();
    if (read == null) {
      throw new DamagedCheckpointException("it ends within its header");
    }
    return read;
  }

  /**
   * Reads a checkpoint's bytes and looks at all of them, without keeping any.
   *
   * @throws DamagedCheckpointException if it is not whole
   */
  void verify(CheckpointManifest manifest) throws DamagedCheckpointException {
    SafetensorsHeaderReader reader = new SafetensorsHeaderReader();
    AtomicReference<@Nullable SafetensorsHeader> header = new AtomicReference<>();
    AtomicLong behind = new AtomicLong();
    read(
        manifest,
        piece -> {
          header.set(reader.accept(piece));
          behind.addAndGet(piece.remaining());
        });
    SafetensorsHeader read = header.get();
    if (read == null || read.bytes() != behind.get()) {
      throw new DamagedCheckpointException(
          "its tensors must have %d bytes, found %d"
              .formatted(read == null ? 0 : read.bytes(), behind.get()));
    }
  }

  /**
   * Reads a checkpoint's bytes. They are to be used only when this returns: the SHA-256 is known at
   * the end.
   *
   * @throws DamagedCheckpointException if a chunk is missing, or the bytes are not those that the
   *     manifest describes
   */
  void read(CheckpointManifest manifest, Sink sink) throws DamagedCheckpointException {
    Progress progress = new Progress(manifest, sink);
    read(progress, progress::complete);
    progress.check();
  }

  private void read(Progress progress, BooleanSupplier done) throws DamagedCheckpointException {
    CheckpointManifest manifest = progress.manifest;
    if (!manifest.getFormat().equals(Safetensors.FORMAT)) {
      throw new DamagedCheckpointException(
          "format must be %s, found %s".formatted(Safetensors.FORMAT, manifest.getFormat()));
    }
    consumer.seek(partition, manifest.getFirstChunkOffset());
    long cameAt = System.nanoTime();
    try {
      while (!done.getAsBoolean()) {
        ConsumerRecords<String, ByteBuffer> polled = consumer.poll(POLL);
        for (ConsumerRecord<String, ByteBuffer> read : polled) {
          if (!done.getAsBoolean()) {
            progress.accept(decode(read));
          }
        }
        if (!polled.isEmpty()) {
          cameAt = System.nanoTime();
        } else if (atEnd() && System.nanoTime() - cameAt > LATEST.toNanos()) {
          throw new DamagedCheckpointException(
              "%d of %d chunks were found"
                  .formatted(progress.order.chunks(), manifest.getChunks()));
        }
      }
    } catch (OffsetOutOfRangeException e) {
      throw new DamagedCheckpointException("its chunks are deleted");
    }
  }

  private boolean atEnd() {
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    return consumer.position(partition) >= end;
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
    private final ChunkOrder order;
    private long bytes;

    Progress(CheckpointManifest manifest, Sink sink) {
      this.manifest = manifest;
      this.sink = sink;
      this.order = new ChunkOrder(manifest);
    }

    boolean complete() {
      return order.complete();
    }

    void accept(CheckpointChunk chunk) throws DamagedCheckpointException {
      ByteBuffer piece = order.accept(chunk);
      if (piece != null) {
        digest.update(piece.duplicate());
        bytes += piece.remaining();
        sink.accept(piece);
      }
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
