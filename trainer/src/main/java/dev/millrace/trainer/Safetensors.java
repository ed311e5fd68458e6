package dev.millrace.trainer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.schemas.checkpoint.SafetensorsHeader;
import dev.millrace.trainer.model.NamedTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The safetensors format, of float32 tensors: the header's length (8 bytes, little-endian), the
 * header (a JSON object of every tensor's type, shape and place, padded with spaces to a multiple
 * of 8), then the tensors' elements, little-endian, in the same order and without gaps. The same
 * tensors and metadata give the same bytes.
 */
final class Safetensors {
  /** The format's name in a manifest. */
  static final String FORMAT = "safetensors";

  private static final int ALIGNMENT = 8;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Safetensors() {}

  /**
   * A file in its parts, nothing copied: the header, then every tensor's elements.
   *
   * @param tensors in the order that they are written in; names are unique
   * @param metadata texts that the header carries
   */
  static List<ByteBuffer> parts(List<NamedTensor> tensors, Map<String, String> metadata) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put(SafetensorsHeader.METADATA, metadata);
    List<ByteBuffer> parts = new ArrayList<>();
    long offset = 0;
    for (NamedTensor tensor : tensors) {
      ByteBuffer elements = tensor.littleEndianFloats().duplicate();
      long end = offset + elements.remaining();
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", SafetensorsHeader.FLOAT32);
      entry.put("shape", tensor.shape());
      entry.put("data_offsets", new long[] {offset, end});
      header.put(tensor.name(), entry);
      parts.add(elements);
      offset = end;
    }
    parts.addFirst(header(header));
    return parts;
  }

  private static ByteBuffer header(Map<String, Object> header) {
    byte[] json = json(header).getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] spaced = Arrays.copyOf(json, padded);
    Arrays.fill(spaced, json.length, padded, (byte) ' ');
    return ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES + padded)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(padded)
        .put(spaced)
        .flip();
  }

  private static String json(Map<String, Object> header) {
    try {
      return JSON.writeValueAsString(header);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a safetensors header", e);
    }
  }
}
