package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProducerOptionsTest {
  @Test
  void shouldTakeTheLimits() {
    assertThatCode(() -> new ProducerOptions(-5, 0, 1 << 10, 1 << 20)).doesNotThrowAnyException();
    assertThatCode(() -> new ProducerOptions(5, Integer.MAX_VALUE, 64 << 20, Long.MAX_VALUE))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldNameEveryOptionAtFault() {
    assertThatThrownBy(() -> new ProducerOptions(1, -1, 1023, 0, new Shrinking(15, 4097, 101)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epochs must be from 0 to 2147483647, found -1")
        .hasMessageContaining("max-image-size must be from 1024 to 67108864, found 1023")
        .hasMessageContaining("images-ahead must be from 1048576")
        .hasMessageContaining("prepare must be 0 or from 16 to 4096, found 15")
        .hasMessageContaining("shrink-larger must be 0 or from 16 to 4096, found 4097")
        .hasMessageContaining("prepare-quality must be from 1 to 100, found 101");
  }
}
