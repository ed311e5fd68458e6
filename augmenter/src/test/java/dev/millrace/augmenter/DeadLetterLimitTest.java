package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DeadLetterLimitTest {
  @Test
  void shouldWaitForAHundredImages() {
    DeadLetterLimit limit = new DeadLetterLimit(0.5);

    for (int i = 0; i < 99; i++) {
      limit.deadLetter("bad");
    }

    assertThatThrownBy(() -> limit.deadLetter("worse"))
        .isInstanceOf(AugmenterFailedException.class)
        .hasMessageContaining("found 100 of the latest 100")
        .hasMessageContaining("worse");
  }

  @Test
  void shouldBearAShareUpToTheLimit() {
    DeadLetterLimit limit = new DeadLetterLimit(0.5);

    assertThatCode(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                limit.tensor();
                limit.deadLetter("bad");
              }
            })
        .doesNotThrowAnyException();
  }

  @Test
  void shouldNoticeADatasetThatGoesBadLate() {
    DeadLetterLimit limit = new DeadLetterLimit(0.5);
    for (int i = 0; i < 1_000_000; i++) {
      limit.tensor();
    }

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 2000; i++) {
                limit.deadLetter("bad");
              }
            })
        .isInstanceOf(AugmenterFailedException.class);
  }

  @Test
  void shouldNeverStopWithAShareOfOne() {
    DeadLetterLimit limit = new DeadLetterLimit(1);

    assertThatCode(
            () -> {
              for (int i = 0; i < 5000; i++) {
                limit.deadLetter("bad");
              }
            })
        .doesNotThrowAnyException();
  }
}
