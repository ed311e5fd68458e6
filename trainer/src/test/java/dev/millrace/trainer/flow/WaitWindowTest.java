package dev.millrace.trainer.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WaitWindowTest {
  private static final long MILLI = 1_000_000;

  private long now = 5_000_000_000L;
  private final WaitWindow window = new WaitWindow(() -> now);

  private void wait(int millis) {
    now += millis * MILLI;
    window.waited();
  }

  private void work(int millis, int images) {
    now += millis * MILLI;
    window.worked(images);
  }

  private double share() {
    return window.measured().orElseThrow().share();
  }

  @Test
  void shouldBeEmptyAtFirstAndWhenNothingHappensForLong() {
    assertThat(window.measured()).isEmpty();
    work(50, 1);
    assertThat(window.measured()).isPresent();
    now += 11_000 * MILLI;
    assertThat(window.measured()).isEmpty();
  }

  @Test
  void shouldTellTheShareAndTheSpeed() {
    for (int step = 0; step < 10; step++) {
      wait(25);
      work(75, 8);
    }

    assertThat(share()).isEqualTo(0.25, within(1e-9));
    assertThat(window.measured().orElseThrow().imagesPerSecond()).isEqualTo(80, within(1e-9));
    assertThat(window.measured().orElseThrow().seconds()).isEqualTo(1, within(1e-9));
  }

  @Test
  void shouldForgetWhatIsOlderThanTenSeconds() {
    for (int i = 0; i < 100; i++) {
      wait(100);
    }
    assertThat(share()).isEqualTo(1);
    for (int i = 0; i < 50; i++) {
      work(100, 1);
    }
    assertThat(share()).isEqualTo(0.5, within(0.02));
    for (int i = 0; i < 60; i++) {
      work(100, 1);
    }
    assertThat(share()).isZero();
  }

  @Test
  void shouldTellOfTheLatestSecondsAlone() {
    for (int i = 0; i < 20; i++) {
      wait(100);
    }
    for (int i = 0; i < 20; i++) {
      work(100, 1);
    }
    Duration latest = Duration.ofSeconds(2);

    assertThat(share()).isEqualTo(0.5, within(1e-9));
    assertThat(window.measured(latest).orElseThrow().share()).isZero();
    assertThat(window.measured(latest).orElseThrow().seconds()).isEqualTo(2, within(1e-9));
  }

  @Test
  void shouldLeaveOutWhatIsNeitherWaitingNorWorking() {
    wait(100);
    now += 3_000 * MILLI;
    window.restart();
    work(100, 1);

    assertThat(share()).isEqualTo(0.5, within(1e-9));
  }
}
