package dev.millrace.trainer;

import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.schemas.checkpoint.SafetensorsHeader;
import dev.millrace.schemas.checkpoint.SafetensorsHeaderReader;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the bytes of a safetensors file piece by piece and puts the tensors' elements into memory
 * outside the heap. For one thread.
 */
final class SafetensorsLoader {
  private final Arena arena;
  private final SafetensorsHeaderReader headerReader = new SafetensorsHeaderReader();
  private final Map<String, ByteBuffer> tensors = new LinkedHashMap<>();
  private final List<ByteBuffer> toFill = new ArrayList<>();
  private @Nullable SafetensorsHeader header;

  /** The tensors live as long as the arena. */
  SafetensorsLoader(Arena arena) {
    this.arena = arena;
  }

  /**
   * Takes the next piece.
   *
   * @throws DamagedCheckpointException if it is not the format, or goes on behind the last tensor
   */
  void accept(ByteBuffer piece) throws DamagedCheckpointException {
    if (header == null) {
      header = headerReader.accept(piece);
      if (header != null) {
        allocate(header);
      }
    }
    while (piece.hasRemaining()) {
      if (toFill.isEmpty()) {
        throw new DamagedCheckpointException(
            "%d bytes lie behind the last tensor".formatted(piece.remaining()));
      }
      ByteBuffer tensor = toFill.getFirst();
      SafetensorsHeaderReader.move(piece, tensor);
      if (!tensor.hasRemaining()) {
        toFill.removeFirst();
      }
    }
  }

  /**
   * What the file tells about itself.
   *
   * @throws DamagedCheckpointException if bytes are missing
   */
  SafetensorsHeader header() throws DamagedCheckpointException {
    SafetensorsHeader read = header;
    if (read == null || !toFill.isEmpty()) {
      throw new DamagedCheckpointException("it ends before its last tensor does");
    }
    return read;
  }

  /**
   * The tensors by name, little-endian, in the order of the file.
   *
   * @throws DamagedCheckpointException if bytes are missing
   */
  Map<String, ByteBuffer> tensors() throws DamagedCheckpointException {
    header();
    return tensors;
  }

  private void allocate(SafetensorsHeader read) {
    for (SafetensorsHeader.Place place : read.tensors()) {
      ByteBuffer memory =
          arena.allocate(place.bytes(), Long.BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      tensors.put(place.name(), memory.duplicate().order(ByteOrder.LITTLE_ENDIAN));
      if (place.bytes() > 0) {
        toFill.add(memory);
      }
    }
  }
}
