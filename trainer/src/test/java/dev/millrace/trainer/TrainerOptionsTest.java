package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.trainer.model.Placement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrainerOptionsTest {
  @Test
  void shouldTakeThePapersValuesForAlexNet() {
    TrainerOptions options = TrainerOptions.builder().build();

    assertThat(options.model()).isEqualTo("alexnet");
    assertThat(options.minibatchSize()).isEqualTo(128);
    assertThat(options.learningRate()).isEqualTo(0.01);
    assertThat(options.momentum()).isEqualTo(0.9);
    assertThat(options.weightDecay()).isEqualTo(0.0005);
    assertThat(options.dropout()).isEqualTo(0.5);
  }

  @Test
  void shouldNameEveryFaultAtOnce() {
    TrainerOptions.Builder builder =
        TrainerOptions.builder()
            .run("My Run")
            .model("vgg")
            .minibatchSize(0)
            .learningRate(Double.NaN)
            .momentum(1)
            .checkpointBytes(5)
            .evaluation(false)
            .schedule(new LearningRateSchedule.Plateau(3))
            .tenCrops(true)
            .dataTimeout(Duration.ofSeconds(-1));

    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessageContainingAll(
            "run must be 1 to 100 lower-case letters, digits or hyphens, found \"My Run\"",
            "model must be one of [alexnet, alexnet-owt, cifar10, cifar10-plain, cifar10-quick, cifar10-quick-unscaled], found \"vgg\"",
            "minibatch-size must be from 1 to 65536, found 0",
            "learning-rate must be above 0 and at most 100, found NaN",
            "momentum must be from 0 to below 1, found 1.0",
            "checkpoint-bytes must be from 1048576",
            "schedule plateau needs evaluation",
            "ten-crop needs evaluation, which is switched off",
            "data-timeout must not be negative");
  }

  @Test
  void shouldNameWhatForbidsAPlacement() {
    TrainerOptions.Builder builder =
        TrainerOptions.builder()
            .model("cifar10-quick")
            .minibatchSize(2)
            .placement(new Placement(true, 3, true));

    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessageContainingAll(
            "columns needs a network that has two (alexnet), found cifar10-quick",
            "columns and towers exclude each other, found columns and 3 towers",
            "virtual-devices divides the processor and needs device cpu, found auto",
            "towers must be at most minibatch-size (2), found 3");
  }

  @Test
  void shouldReachWhicheverGoalComesFirst() {
    Goal goal = new Goal(3, 100);

    assertThat(goal.reached(99, 2)).isFalse();
    assertThat(goal.reached(100, 0)).isTrue();
    assertThat(goal.reached(5, 3)).isTrue();
    assertThat(goal.totalSteps(1000, 128)).isEqualTo(24);
    assertThat(goal.totalSteps(-1, 128)).isEqualTo(100);
    assertThat(new Goal(0, 0).reached(1_000_000, 1000)).isFalse();
    assertThat(new Goal(0, 0).totalSteps(1000, 128)).isEqualTo(-1);
  }
}
