package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ByteSizeTest {
  @Test
  void shouldReadNumbersWithAndWithoutUnits() {
    assertThat(ByteSize.parse("1048576").bytes()).isEqualTo(1 << 20);
    assertThat(ByteSize.parse("512MiB").bytes()).isEqualTo(512L << 20);
    assertThat(ByteSize.parse("512 mb").bytes()).isEqualTo(512L << 20);
    assertThat(ByteSize.parse("3g").bytes()).isEqualTo(3L << 30);
    assertThat(ByteSize.parse("0").bytes()).isZero();
  }

  @Test
  void shouldNameWhatItCannotRead() {
    for (String text : List.of("", "MiB", "1.5GiB", "-1", "1XB", "one")) {
      assertThatThrownBy(() -> ByteSize.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + text + "\"");
    }
  }

  @Test
  void shouldReadWhatItPrints() {
    for (long bytes : new long[] {0, 1, 1023, 1024, 512L << 20, 3L << 30, 1L << 40}) {
      assertThat(ByteSize.parse(new ByteSize(bytes).toString()).bytes()).isEqualTo(bytes);
    }
  }
}
