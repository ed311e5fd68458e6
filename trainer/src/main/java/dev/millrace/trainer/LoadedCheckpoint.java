package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * A checkpoint in memory.
 *
 * @param manifest its description
 * @param tensors elements by name, little-endian; gone when this is closed
 * @param arena the memory that they lie in
 */
record LoadedCheckpoint(CheckpointManifest manifest, Map<String, ByteBuffer> tensors, Arena arena)
    implements AutoCloseable {
  @Override
  public void close() {
    arena.close();
  }
}
