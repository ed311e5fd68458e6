package dev.millrace.schemas.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What a safetensors file tells about itself.
 *
 * @param metadata its texts by name
 * @param tensors its tensors in the order of their elements
 */
public record SafetensorsHeader(Map<String, String> metadata, List<Place> tensors) {
  /** Length, in bytes, of the number that says how long the header is. */
  public static final int LENGTH_BYTES = Long.BYTES;

  /** Name of the header's entry that holds texts. */
  public static final String METADATA = "__metadata__";

  /** The type that all elements have: 32-bit floating point, little-endian. */
  public static final String FLOAT32 = "F32";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies them. */
  public SafetensorsHeader {
    metadata = Map.copyOf(metadata);
    tensors = List.copyOf(tensors);
  }

  /**
   * Where a tensor's elements are.
   *
   * @param begin first byte behind the header
   * @param end behind its last byte
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Place(String name, String type, long[] shape, long begin, long end) {
    /** Length of the elements. */
    public long bytes() {
      return end - begin;
    }

    // Whether the shape's product is so much: a shape may claim more than a number can hold.
    private boolean has(long elements) {
      long left = elements;
      for (long size : shape) {
        if (size < 1 || left % size != 0) {
          return size == 0 && elements == 0;
        }
        left /= size;
      }
      return left == 1;
    }
  }

  /** Bytes of all tensors' elements. */
  public long bytes() {
    return tensors.isEmpty() ? 0 : tensors.getLast().end();
  }

  /**
   * Reads it.
   *
   * @throws DamagedCheckpointException if it is no JSON, or its tensors have gaps, overlap, or are
   *     not as long as their shapes
   */
  public static SafetensorsHeader parse(String json) throws DamagedCheckpointException {
    Map<String, String> metadata = new TreeMap<>();
    List<Place> places = new ArrayList<>();
    try {
      for (Map.Entry<String, JsonNode> entry : JSON.readTree(json).properties()) {
        JsonNode value = entry.getValue();
        if (entry.getKey().equals(METADATA)) {
          value.properties().forEach(text -> metadata.put(text.getKey(), text.getValue().asText()));
        } else {
          places.add(place(entry.getKey(), value));
        }
      }
    } catch (JsonProcessingException e) {
      throw new DamagedCheckpointException("its safetensors header is not JSON: " + e.getMessage());
    }
    places.sort(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
    check(places);
    return new SafetensorsHeader(metadata, places);
  }

  private static Place place(String name, JsonNode value) {
    JsonNode offsets = value.path("data_offsets");
    JsonNode shape = value.path("shape");
    return new Place(
        name,
        value.path("dtype").asText(),
        IntStream.range(0, shape.size()).mapToLong(i -> shape.get(i).asLong(-1)).toArray(),
        offsets.path(0).asLong(-1),
        offsets.path(1).asLong(-1));
  }

  private static void check(List<Place> places) throws DamagedCheckpointException {
    long next = 0;
    for (Place place : places) {
      if (place.begin != next || place.bytes() < 0 || place.bytes() > Integer.MAX_VALUE) {
        throw new DamagedCheckpointException(
            "tensor %s must begin at byte %d, found bytes %d to %d"
                .formatted(place.name, next, place.begin, place.end));
      }
      boolean fits = place.bytes() % Float.BYTES == 0 && place.has(place.bytes() / Float.BYTES);
      if (!place.type.equals(FLOAT32) || !fits) {
        throw new DamagedCheckpointException(
            "tensor %s must be of %s and as long as its shape, found %s and %d bytes"
                .formatted(place.name, FLOAT32, place.type, place.bytes()));
      }
      next = place.end;
    }
  }
}
