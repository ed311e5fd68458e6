package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StepTimesTest {
  private static final long MILLI = 1_000_000;

  private final StepTimes times = new StepTimes();

  @Test
  void shouldBeZeroBeforeTheFirstStep() {
    assertThat(times.percentileMillis(0.5)).isZero();
  }

  @Test
  void shouldGiveTheTimeThatAShareOfTheStepsDidNotGoOver() {
    for (int i = 100; i >= 1; i--) {
      times.add(i * MILLI);
    }

    assertThat(times.percentileMillis(0.5)).isEqualTo(50);
    assertThat(times.percentileMillis(0.95)).isEqualTo(95);
    assertThat(times.percentileMillis(1)).isEqualTo(100);
  }

  @Test
  void shouldForgetStepsThatAreLongPast() {
    times.add(1000 * MILLI);
    for (int i = 0; i < 256; i++) {
      times.add(2 * MILLI);
    }

    assertThat(times.percentileMillis(1)).isEqualTo(2);
  }
}
