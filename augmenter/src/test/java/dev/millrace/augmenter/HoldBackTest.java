package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HoldBackTest {
  private static final HoldBack RULE = new HoldBack(2000, 10); // 100 tensors for each of 2

  @Test
  void shouldHoldThePartitionsThatAreMoreThanTheirShareAhead() {
    assertThat(RULE.room(Map.of(0, 0L, 1, 0L), Map.of(0, 301L, 1, 300L), Map.of(0, 200L, 1, 240L)))
        .isEqualTo(Map.of(0, 0L, 1, 40L));
  }

  @Test
  void shouldCountFromTheLogsStartWithoutATrainer() {
    assertThat(RULE.room(Map.of(0, 50L, 1, 0L), Map.of(0, 149L, 1, 150L), Map.of()))
        .isEqualTo(Map.of(0, 1L, 1, 0L));
  }

  @Test
  void shouldCountFromTheLogsStartWhenTheTrainerIsBehindIt() {
    assertThat(RULE.room(Map.of(0, 250L, 1, 250L), Map.of(0, 300L, 1, 360L), Map.of(0, 9L, 1, 9L)))
        .isEqualTo(Map.of(0, 50L, 1, 0L));
  }

  @Test
  void shouldLetOneThroughAlthoughATensorIsLargerThanTheShare() {
    assertThat(new HoldBack(15, 10).room(Map.of(0, 0L, 1, 0L), Map.of(0, 0L, 1, 1L), Map.of()))
        .isEqualTo(Map.of(0, 1L, 1, 0L));
  }

  @Test
  void shouldTakeTheSlowerOfTwoTrainers() {
    assertThat(HoldBack.slower(Map.of(0, 5L, 1, 7L), Map.of(0, 6L, 1, 3L)))
        .isEqualTo(Map.of(0, 5L, 1, 3L));
    assertThat(HoldBack.slower(Map.of(0, 5L), Map.of(0, 6L, 1, 3L))).isEqualTo(Map.of(0, 5L));
  }
}
