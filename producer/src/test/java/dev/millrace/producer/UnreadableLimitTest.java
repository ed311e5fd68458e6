package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UnreadableLimitTest {
  private final UnreadableLimit limit = new UnreadableLimit();

  @Test
  void shouldBearHalf() {
    assertThatCode(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                limit.read();
                limit.unreadable("x");
              }
            })
        .doesNotThrowAnyException();
  }

  @Test
  void shouldStopWhenADiskGoesAfterALongTime() {
    for (int i = 0; i < 1_000_000; i++) {
      limit.read();
    }

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1000; i++) {
                limit.unreadable("Cannot publish /mnt/a.jpg");
              }
            })
        .isInstanceOf(PublishException.class)
        .hasMessageContaining("the latest: Cannot publish /mnt/a.jpg");
  }

  @Test
  void shouldBearAFewBadFilesAtTheBeginning() {
    assertThatCode(
            () -> {
              for (int i = 0; i < 99; i++) {
                limit.unreadable("x");
              }
            })
        .doesNotThrowAnyException();
  }
}
