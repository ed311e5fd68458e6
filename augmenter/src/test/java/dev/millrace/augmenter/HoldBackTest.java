package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HoldBackTest {
  private static final HoldBack RULE = new HoldBack(2000, 10); // 100 tensors for each of 2

  @Test
  void shouldHoldThePartitionsThatAreMoreThanTheirShareAhead() {
    assertThat(RULE.held(Map.of(0, 0L, 1, 0L), Map.of(0, 301L, 1, 300L), Map.of(0, 200L, 1, 200L)))
        .containsExactly(0);
  }

  @Test
  void shouldCountFromTheLogsStartWithoutATrainer() {
    assertThat(RULE.held(Map.of(0, 50L, 1, 0L), Map.of(0, 150L, 1, 150L), Map.of()))
        .containsExactly(1);
  }

  @Test
  void shouldCountFromTheLogsStartWhenTheTrainerIsBehindIt() {
    assertThat(RULE.held(Map.of(0, 250L, 1, 250L), Map.of(0, 300L, 1, 360L), Map.of(0, 9L, 1, 9L)))
        .containsExactly(1);
  }

  @Test
  void shouldTakeTheSlowerOfTwoTrainers() {
    assertThat(HoldBack.slower(Map.of(0, 5L, 1, 7L), Map.of(0, 6L, 1, 3L)))
        .isEqualTo(Map.of(0, 5L, 1, 3L));
    assertThat(HoldBack.slower(Map.of(0, 5L), Map.of(0, 6L, 1, 3L))).isEqualTo(Map.of(0, 5L));
  }
}
