package dev.millrace.schemas.checkpoint;

import dev.millrace.schemas.CheckpointChunk;
import dev.millrace.schemas.CheckpointManifest;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Picks the chunks of one checkpoint out of their topic, in which those of other runs may lie in
 * between. For one thread.
 */
public final class ChunkOrder {
  private final CheckpointManifest manifest;
  private int chunks;

  /** Begins before the first chunk. */
  public ChunkOrder(CheckpointManifest manifest) {
    this.manifest = manifest;
  }

  /**
   * Takes the topic's next chunk.
   *
   * @return the checkpoint's next bytes, which share the chunk's memory; null if the chunk is one
   *     of another run
   * @throws DamagedCheckpointException if another chunk of the run must follow
   */
  public @Nullable ByteBuffer accept(CheckpointChunk chunk) throws DamagedCheckpointException {
    if (!chunk.getRun().equals(manifest.getRun())) {
      return null;
    }
    if (chunk.getStep() != manifest.getStep() || chunk.getIndex() != chunks) {
      throw new DamagedCheckpointException(
          "chunk %d of step %d must follow, found chunk %d of step %d"
              .formatted(chunks, manifest.getStep(), chunk.getIndex(), chunk.getStep()));
    }
    chunks++;
    return chunk.getBytes().duplicate();
  }

  /** The checkpoint's chunks so far. */
  public int chunks() {
    return chunks;
  }

  /** Whether all of them were there. */
  public boolean complete() {
    return chunks == manifest.getChunks();
  }
}
