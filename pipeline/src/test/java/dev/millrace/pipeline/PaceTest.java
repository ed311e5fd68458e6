package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Pace PACE = new Pace(1_000, 0);

  @Test
  void shouldTellRateAndTimeLeft() {
    assertThat(PACE.text(1_500, 2_000, TimeUnit.SECONDS.toNanos(10)))
        .isEqualTo("1,500 of 2,000 images, 50/s, 10 s left");
    assertThat(PACE.text(1_500, 20_000, TimeUnit.SECONDS.toNanos(10)))
        .endsWith("50/s, 6 min 10 s left");
    assertThat(PACE.text(1_500, 1_000_000, TimeUnit.SECONDS.toNanos(10)))
        .endsWith("50/s, 5 h 32 min left");
  }

  @Test
  void shouldTellNoTimeLeftWhereThereIsNone() {
    assertThat(PACE.text(1_000, 2_000, TimeUnit.SECONDS.toNanos(10)))
        .isEqualTo("1,000 of 2,000 images, 0/s");
    assertThat(PACE.text(1_500, -1, TimeUnit.SECONDS.toNanos(10))).isEqualTo("1,500 images, 50/s");
  }
}
