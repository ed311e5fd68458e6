package dev.millrace.trainer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the bytes of a safetensors file piece by piece and puts the tensors' elements into memory
 * outside the heap. For one thread.
 */
final class SafetensorsLoader {
  private static final long LONGEST_HEADER = 100_000_000; // the format's own limit
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Arena arena;
  private final Map<String, ByteBuffer> tensors = new LinkedHashMap<>();
  private final List<ByteBuffer> toFill = new ArrayList<>();
  private ByteBuffer header = ByteBuffer.allocate(Safetensors.LENGTH_BYTES);
  private boolean lengthRead;
  private boolean headerRead;

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
    while (piece.hasRemaining()) {
      if (!headerRead) {
        move(piece, header);
        if (!header.hasRemaining()) {
          headerPartRead();
        }
      } else if (toFill.isEmpty()) {
        throw new DamagedCheckpointException(
            "%d bytes lie behind the last tensor".formatted(piece.remaining()));
      } else {
        ByteBuffer tensor = toFill.getFirst();
        move(piece, tensor);
        if (!tensor.hasRemaining()) {
          toFill.removeFirst();
        }
      }
    }
  }

  /**
   * The tensors by name, little-endian.
   *
   * @throws DamagedCheckpointException if bytes are missing
   */
  Map<String, ByteBuffer> tensors() throws DamagedCheckpointException {
    if (!headerRead || !toFill.isEmpty()) {
      throw new DamagedCheckpointException("it ends before its last tensor does");
    }
    return tensors;
  }

  private static void move(ByteBuffer from, ByteBuffer to) {
    int length = Math.min(from.remaining(), to.remaining());
    to.put(from.slice(from.position(), length));
    from.position(from.position() + length);
  }

  private void headerPartRead() throws DamagedCheckpointException {
    if (lengthRead) {
      readHeader(new String(header.array(), StandardCharsets.UTF_8));
      headerRead = true;
      return;
    }
    long length = header.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    if (length < 2 || length > LONGEST_HEADER) {
      throw new DamagedCheckpointException(
          "a safetensors header has 2 to %d bytes, found %d".formatted(LONGEST_HEADER, length));
    }
    header = ByteBuffer.allocate((int) length);
    lengthRead = true;
  }

  private record Place(String name, long begin, long end) {}

  private void readHeader(String json) throws DamagedCheckpointException {
    List<Place> places = new ArrayList<>();
    try {
      for (Map.Entry<String, JsonNode> entry : JSON.readTree(json).properties()) {
        if (!entry.getKey().equals("__metadata__")) {
          JsonNode offsets = entry.getValue().path("data_offsets");
          places.add(
              new Place(entry.getKey(), offsets.path(0).asLong(-1), offsets.path(1).asLong(-1)));
        }
      }
    } catch (JsonProcessingException e) {
      throw new DamagedCheckpointException("its safetensors header is not JSON: " + e.getMessage());
    }
    places.sort(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
    allocate(places);
  }

  private void allocate(List<Place> places) throws DamagedCheckpointException {
    long next = 0;
    for (Place place : places) {
      long length = place.end - place.begin;
      if (place.begin != next || length < 0 || length > Integer.MAX_VALUE) {
        throw new DamagedCheckpointException(
            "tensor %s must begin at byte %d, found bytes %d to %d"
                .formatted(place.name, next, place.begin, place.end));
      }
      ByteBuffer memory =
          arena.allocate(length, Long.BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      tensors.put(place.name, memory.duplicate().order(ByteOrder.LITTLE_ENDIAN));
      if (length > 0) {
        toFill.add(memory);
      }
      next = place.end;
    }
  }
}
