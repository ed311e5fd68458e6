package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.checkpoint.SafetensorsHeader;
import dev.millrace.trainer.model.NamedTensor;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint in memory.
 *
 * @param manifest its description
 * @param header what its bytes tell about themselves
 * @param tensors elements by name, little-endian; gone when this is closed
 * @param arena the memory that they lie in
 */
record LoadedCheckpoint(
    CheckpointManifest manifest,
    SafetensorsHeader header,
    Map<String, ByteBuffer> tensors,
    Arena arena)
    implements AutoCloseable {
  /** The tensors in the order of the layers, with their shapes. */
  List<NamedTensor> named() {
    List<NamedTensor> named = new ArrayList<>();
    for (SafetensorsHeader.Place place : header.tensors()) {
      ByteBuffer elements = tensors.get(place.name());
      if (elements != null) {
        named.add(new NamedTensor(place.name(), place.shape(), elements));
      }
    }
    return named;
  }

  @Override
  public void close() {
    arena.close();
  }
}
