package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnreadableLimitTest {
  private final UnreadableLimit limit = new UnreadableLimit();

  @Test
  void shouldBearHalf() {
    for (int i = 0; i < 10_000; i++) {
      limit.read();
      assertThat(limit.unreadable()).isFalse();
    }
  }

  @Test
  void shouldTellWhenADiskGoesAfterALongTime() {
    for (int i = 0; i < 1_000_000; i++) {
      limit.read();
    }

    int borne = 0;
    while (!limit.unreadable()) {
      borne++;
    }
    assertThat(borne).isBetween(100, 1000);
    assertThat(limit).hasToString("251 of the latest 501");
  }

  @Test
  void shouldBearAFewBadFilesAtTheBeginning() {
    for (int i = 0; i < 99; i++) {
      assertThat(limit.unreadable()).isFalse();
    }
    assertThat(limit.unreadable()).isTrue();
  }
}
