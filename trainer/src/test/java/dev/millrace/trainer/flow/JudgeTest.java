package dev.millrace.trainer.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.stream.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class JudgeTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Passed PASSED =
      new Passed(new Place(0, 0), new Place(0, 0), Map.of(), 0, -1, 0, 0, 0);

  private final Judge judge = new Judge(8, 4, false);
  private int seconds;

  private Verdict look(double share, double lately, long inOrder, long toAugment) {
    seconds += 2;
    Look look =
        new Look(
            Duration.ofSeconds(seconds).toNanos(),
            PASSED,
            inOrder,
            toAugment,
            inOrder,
            List.of(),
            OptionalInt.of(2),
            true,
            new Audit(0, 0, 0));
    return judge.on(
        look, new WaitWindow.Measured(10, share, 0), lately, BEGIN.plusSeconds(seconds));
  }

  @Test
  void shouldNotBlameWhatIsShortNoLongerWhileTheWindowStillHoldsTheWait() {
    assertThat(look(0.4, 1, 0, 0).shortage()).isEqualTo(Shortage.PRODUCERS);
    Verdict plenty = look(0.3, 0, 1_000, 0);

    assertThat(plenty.shortage()).isEqualTo(Shortage.PRODUCERS);
    assertThat(plenty.waitShare()).isEqualTo(0.3);
    assertThat(plenty.since()).isEqualTo(BEGIN.plusSeconds(2));
    assertThat(look(0.01, 0, 1_000, 0)).isEqualTo(Verdict.NONE);
  }

  @Test
  void shouldNotBeginWithALookAtWhichTrainingDoesNotWait() {
    assertThat(look(0.3, 0, 1_000, 0)).isEqualTo(Verdict.NONE);
  }

  @Test
  void shouldTakeTheLeastOfTheLatestLooksSinceBurstsComeAndGo() {
    look(0.4, 1, 0, 500);
    assertThat(look(0.4, 1, 100, 500).shortage()).isEqualTo(Shortage.AUGMENTERS);
    look(0.4, 1, 100, 500);
    assertThat(look(0.4, 1, 100, 500).shortage()).isEqualTo(Shortage.READING);
  }

  @Test
  void shouldJudgeAnotherWaitByItsOwnLooks() {
    assertThat(look(0.4, 1, 0, 0).shortage()).isEqualTo(Shortage.PRODUCERS);
    look(0, 0, 1_000, 0);
    seconds += 10;

    assertThat(look(0.1, 0.5, 0, 500).shortage()).isEqualTo(Shortage.AUGMENTERS);
  }
}
