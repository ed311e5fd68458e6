package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StepInstantsTest {
  private static Instant at(long seconds) {
    return Instant.ofEpochSecond(seconds);
  }

  private static List<Instant> steps(long... seconds) {
    return LongStream.of(seconds).mapToObj(StepInstantsTest::at).toList();
  }

  @Test
  void shouldCountAStandstillThatBeganBeforeAndEndsAfterTheTime() {
    assertThat(StepInstants.longestStandstill(steps(1, 2, 9, 10), at(3), at(5))).isEqualTo(7);
  }

  @Test
  void shouldLeaveOutStandstillsAtOtherTimes() {
    assertThat(StepInstants.longestStandstill(steps(1, 20, 21, 23, 40), at(20), at(23)))
        .isEqualTo(2);
  }

  @Test
  void shouldCountFromTheMomentItselfBeforeTheFirstStep() {
    assertThat(StepInstants.longestStandstill(steps(12, 13), at(4), at(14))).isEqualTo(8);
  }
}
