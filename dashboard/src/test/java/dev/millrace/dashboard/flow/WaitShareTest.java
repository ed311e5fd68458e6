package dev.millrace.dashboard.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WaitShareTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T12:00:00Z");

  private final WaitShare share = new WaitShare();

  private void step(long step, double second, double waited, double stepSeconds) {
    share.add(
        new TrainingMetric(
            "first",
            step,
            0,
            Split.TRAIN,
            BEGIN.plusMillis(Math.round(second * 1000)),
            Map.of(
                "data_wait_share", waited, "images", 100.0, "images_per_second", 100 / stepSeconds),
            ""));
  }

  @Test
  void shouldBeTheMeanOfStepsByTheirTime() {
    assertThat(share.mean()).isNull();
    step(1, 1, 0.0, 3);
    step(2, 4, 0.8, 1);

    assertThat(share.mean()).isCloseTo(0.2, within(1e-9));
  }

  @Test
  void shouldForgetWhatIsTenSecondsOld() {
    step(1, 0, 1.0, 1);
    step(2, 9.8, 0.5, 1);
    assertThat(share.mean()).isCloseTo(0.75, within(1e-9));

    step(3, 10, 0.5, 1);
    assertThat(share.mean()).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void shouldCountAStepThatIsToldAgainOnce() {
    step(1, 0, 1.0, 1);
    step(2, 1, 0.0, 1);
    step(2, 2, 0.0, 1);

    assertThat(share.mean()).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void shouldLeaveOutWhatIsNoShare() {
    step(1, 0, Double.NaN, 1);
    step(2, 1, 0.5, Double.POSITIVE_INFINITY);
    step(3, 1, 7, 1);

    assertThat(share.mean()).isNull();
  }
}
