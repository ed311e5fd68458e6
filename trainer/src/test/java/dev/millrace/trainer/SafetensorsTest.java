package dev.millrace.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.trainer.model.NamedTensor;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SafetensorsTest {
  private static final List<NamedTensor> TENSORS =
      List.of(tensor("a", new long[] {2, 3}, 1, 2, 3, 4, 5, 6), tensor("b/c", new long[] {1}, -7));

  private static NamedTensor tensor(String name, long[] shape, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return new NamedTensor(name, shape, bytes.flip());
  }

  private static byte[] file() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (ByteBuffer part : Safetensors.parts(TENSORS, Map.of("step", "12"))) {
      byte[] bytes = new byte[part.remaining()];
      part.get(bytes);
      file.writeBytes(bytes);
    }
    return file.toByteArray();
  }

  private static Map<String, ByteBuffer> load(Arena arena, byte[] file, int pieceBytes)
      throws DamagedCheckpointException {
    SafetensorsLoader loader = new SafetensorsLoader(arena);
    for (int at = 0; at < file.length; at += pieceBytes) {
      loader.accept(ByteBuffer.wrap(file, at, Math.min(pieceBytes, file.length - at)));
    }
    return loader.tensors();
  }

  @Test
  void shouldWriteTheFormatAsItsAuthorsDescribeIt() {
    ByteBuffer file = ByteBuffer.wrap(file()).order(ByteOrder.LITTLE_ENDIAN);

    int header = (int) file.getLong();
    assertThat(header % 8).isZero();
    byte[] json = new byte[header];
    file.get(json);
    assertThat(new String(json, UTF_8).strip())
        .isEqualTo(
            "{\"__metadata__\":{\"step\":\"12\"},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                + "\"b/c\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[24,28]}}");
    assertThat(file.remaining()).isEqualTo(28);
    assertThat(file.getFloat()).isEqualTo(1);
    assertThat(file.getFloat(file.limit() - 4)).isEqualTo(-7);
  }

  @Test
  void shouldReadInPiecesOfAnySize() throws Exception {
    byte[] file = file();
    for (int pieceBytes = 1; pieceBytes <= file.length; pieceBytes++) {
      try (Arena arena = Arena.ofConfined()) {
        Map<String, ByteBuffer> tensors = load(arena, file, pieceBytes);

        assertThat(tensors).containsOnlyKeys("a", "b/c");
        for (NamedTensor tensor : TENSORS) {
          assertThat(tensors.get(tensor.name())).isEqualTo(tensor.littleEndianFloats());
        }
      }
    }
  }

  @Test
  void shouldTellWhatIsDamaged() {
    byte[] file = file();
    byte[] tooLong = Arrays.copyOf(file, file.length + 1);
    byte[] hostile = file.clone();
    hostile[7] = 0x7f; // a header of 2^62 bytes

    refuses(Arrays.copyOf(file, file.length - 1), "it ends before its last tensor does");
    refuses(Arrays.copyOf(file, 20), "it ends before its last tensor does");
    refuses(tooLong, "1 bytes lie behind the last tensor");
    refuses(hostile, "a safetensors header has 2 to 100000000 bytes");
    refuses("\2\0\0\0\0\0\0\0no".getBytes(UTF_8), "is not JSON");
  }

  private static void refuses(byte[] file, String message) {
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> load(arena, file, 7))
          .isInstanceOf(DamagedCheckpointException.class)
          .hasMessageContaining(message);
    }
  }
}
