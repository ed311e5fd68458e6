package dev.millrace.trainer.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.stream.Place;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LookTest {
  private static Passed passed(long sequence) {
    return new Passed(
        new Place(0, 0), new Place(0, sequence), Map.of(), sequence, -1, sequence, 0, 0);
  }

  @Test
  void shouldTellWhatWasPassedSinceOfWhatItHasCounted() {
    Look look =
        new Look(
            0,
            passed(10),
            18,
            0,
            18,
            List.of(new Place(0, 11), new Place(0, 19)),
            OptionalInt.empty(),
            true,
            new Audit(0, 0, 0));

    assertThat(look.passedSince(passed(10))).isZero();
    assertThat(look.passedSince(passed(12))).isEqualTo(1);
    assertThat(look.passedSince(passed(19))).isEqualTo(8);
    assertThat(look.passedSince(passed(20))).isEqualTo(8);
  }
}
