package dev.millrace.dashboard.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dashboard.flow.FlowView.HeldBack;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HoldBackJudgeTest {
  private static final double TENSOR_BYTES = 1 << 20;

  private final HoldBackJudge judge = new HoldBackJudge();
  private int members = 2;
  private boolean stable = true;
  private @Nullable String slowest = "first";

  private HeldBack look(
      int second, List<Long> waiting, List<Long> made, List<Long> ahead, List<Long> taken) {
    return judge.on(
        new HoldBackJudge.Look(
            Duration.ofSeconds(second).toNanos(),
            members,
            stable,
            waiting,
            made,
            ahead,
            taken,
            slowest,
            TENSOR_BYTES),
        false);
  }

  // Both partitions go on by so many images a second; the second one is where it was.
  private HeldBack steady(long waiting, long made, long taken) {
    HeldBack held = judge.unknown("nothing yet");
    for (int second = 0; second <= 10; second += 2) {
      long ahead = 200 + second * (made - taken);
      held =
          look(
              second,
              List.of(waiting, 0L),
              List.of(second * made, 0L),
              List.of(ahead, 0L),
              List.of(second * taken, 0L));
    }
    return held;
  }

  @Test
  void shouldSeeThatNoMoreAreMadeThanTakenThoughImagesWait() {
    HeldBack held = steady(1000, 20, 20);

    assertThat(held.held()).isTrue();
    assertThat(held.partitions()).containsExactly(0);
    assertThat(held.aheadBytes()).isEqualTo(200 << 20);
    assertThat(held.limitBytes()).isNull();
    assertThat(held.text())
        .isEqualTo(
            "Augmenters hold back: images wait, 200.0 MiB of tensors wait for run first, and no more are made than taken");
  }

  @Test
  void shouldSeeThatBothStandStill() {
    assertThat(steady(1000, 0, 0).held()).isTrue();
  }

  @Test
  void shouldNotTakeAugmentersForHoldingBackThatAreFasterOrSlowerOrHaveNothingToDo() {
    assertThat(steady(1000, 25, 20).held()).isFalse();
    assertThat(steady(1000, 10, 20).held()).isFalse();
    assertThat(steady(0, 20, 20).held()).isFalse();
    assertThat(steady(0, 20, 20).text())
        .isEqualTo("Augmenters do not hold back: 200.0 MiB of tensors wait for run first");
  }

  @Test
  void shouldNotJudgeByAMoment() {
    look(0, List.of(9L), List.of(0L), List.of(9L), List.of(0L));
    look(1, List.of(9L), List.of(0L), List.of(9L), List.of(0L));

    assertThat(look(2, List.of(9L), List.of(0L), List.of(9L), List.of(0L)).held()).isFalse();
    assertThat(look(4, List.of(9L), List.of(0L), List.of(9L), List.of(0L)).held()).isTrue();
  }

  @Test
  void shouldSayWhyNobodyIsHeld() {
    members = 0;
    assertThat(steady(1000, 0, 0).text()).isEqualTo("No augmenter runs");
    assertThat(steady(1000, 0, 0).held()).isFalse();

    members = 2;
    stable = false;
    assertThat(steady(1000, 20, 20).text())
        .isEqualTo("Augmenters are sharing out their partitions");
  }

  @Test
  void shouldSeeThatTheyWaitForARunToBegin() {
    slowest = null;

    assertThat(steady(1000, 0, 0).text())
        .isEqualTo(
            "Augmenters hold back: images wait, 200.0 MiB of tensors are there that no run reads, and no more are made than taken");
  }

  @Test
  void shouldForgetWhatWasSeenBeforeASightWasLost() {
    steady(1000, 20, 20);

    assertThat(judge.unknown("the topics cannot be seen").text())
        .isEqualTo("Not known: the topics cannot be seen");
    assertThat(look(12, List.of(9L), List.of(0L), List.of(9L), List.of(0L)).held()).isFalse();
  }
}
