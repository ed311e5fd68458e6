package dev.millrace.schemas.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class SafetensorsHeaderTest {
  private static String tensor(String shape, long begin, long end) {
    return "{\"a\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}}"
        .formatted(shape, begin, end);
  }

  private static void refuses(String json, String message) {
    assertThatThrownBy(() -> SafetensorsHeader.parse(json))
        .isInstanceOf(DamagedCheckpointException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldReadShapesAndPlaces() throws Exception {
    SafetensorsHeader header = SafetensorsHeader.parse(tensor("[2,3]", 0, 24));

    assertThat(header.tensors().getFirst().shape()).containsExactly(2, 3);
    assertThat(header.bytes()).isEqualTo(24);
    assertThat(SafetensorsHeader.parse(tensor("[4,0]", 0, 0)).bytes()).isZero();
    assertThat(SafetensorsHeader.parse(tensor("[]", 0, 4)).bytes()).isEqualTo(4);
  }

  @Test
  void shouldRefuseShapesThatTheElementsDoNotHave() {
    refuses(tensor("[2,3]", 0, 20), "as long as its shape");
    refuses(tensor("[-2,-3]", 0, 24), "as long as its shape");
    refuses(tensor("[9223372036854775807,3]", 0, 24), "as long as its shape");
    refuses(tensor("[4294967296,4294967296,4294967296]", 0, 0), "as long as its shape");
    refuses(tensor("\"[2,3]\"", 0, 24), "as long as its shape");
    refuses(tensor("[2,3]", -24, 0), "must begin at byte 0");
    refuses(tensor("[2,3]", 0, Long.MAX_VALUE), "must begin at byte 0");
    refuses("[".repeat(5000), "not JSON");
  }

  @Test
  void shouldRefuseHeadersThatAreLongerThanAllowed() {
    ByteBuffer file =
        ByteBuffer.allocate(8 + 50)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(50)
            .put("{}".getBytes(UTF_8))
            .rewind();

    assertThatThrownBy(() -> new SafetensorsHeaderReader(49).accept(file))
        .isInstanceOf(DamagedCheckpointException.class)
        .hasMessage("a safetensors header has 2 to 49 bytes, found 50");
  }
}
