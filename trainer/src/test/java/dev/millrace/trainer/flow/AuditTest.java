package dev.millrace.trainer.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.stream.Place;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuditTest {
  private static Passed passed(long places, long trained, long missing, long rejected) {
    return new Passed(
        new Place(0, 0), new Place(1, 0), Map.of(), places, -1, trained, missing, rejected);
  }

  @Test
  void shouldReconcileWhatHasALetterOrWasTrainedOn() {
    assertThat(Audit.of(passed(100, 95, 3, 2), 3, 0)).isEqualTo(new Audit(5, 0, 0));
  }

  @Test
  void shouldCallLostWhatHasNoLetter() {
    assertThat(Audit.of(passed(100, 95, 5, 0), 3, 0)).isEqualTo(new Audit(3, 2, 0));
  }

  @Test
  void shouldLetALetterOfUnknownPlaceExplainOneImage() {
    assertThat(Audit.of(passed(100, 95, 5, 0), 3, 1)).isEqualTo(new Audit(4, 1, 0));
    assertThat(Audit.of(passed(100, 97, 3, 0), 3, 1)).isEqualTo(new Audit(3, 0, 0));
  }

  @Test
  void shouldTellWhenCountsContradict() {
    assertThat(Audit.of(passed(100, 99, 3, 0), 3, 0)).isEqualTo(new Audit(3, 0, 2));
    assertThat(Audit.of(passed(100, 90, 3, 0), 3, 0)).isEqualTo(new Audit(3, 7, 0));
  }
}
