package dev.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordStreamTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldHoldWhatWasWrittenInThatOrder(long seed) {
    Random random = new Random(seed);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    RecordStream stream = new RecordStream();

    for (int i = random.nextInt(12); i > 0; i--) {
      byte[] bytes = new byte[random.nextInt(10_000)];
      random.nextBytes(bytes);
      int offset = random.nextInt(bytes.length + 1);
      stream.write(i);
      expected.write(i);
      stream.write(bytes, offset, bytes.length - offset);
      expected.write(bytes, offset, bytes.length - offset);
    }

    assertThat(stream.toByteArray()).isEqualTo(expected.toByteArray());
  }
}
