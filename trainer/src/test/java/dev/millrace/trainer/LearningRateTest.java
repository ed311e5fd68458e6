package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearningRateTest {
  private static LearningRate rate(String schedule) {
    return new LearningRate(0.01, LearningRateSchedule.parse(schedule));
  }

  @Test
  void shouldDivideByTenAtTheEpochsOfTheSteps() {
    LearningRate rate = rate("steps:30,60");

    assertThat(List.of(rate.at(0), rate.at(29), rate.at(30), rate.at(59), rate.at(60), rate.at(99)))
        .containsExactly(0.01f, 0.01f, 0.001f, 0.001f, 0.0001f, 0.0001f);
  }

  @Test
  void shouldStayConstantWhateverTheError() {
    LearningRate rate = rate("constant");
    for (int i = 0; i < 20; i++) {
      rate.evaluated(0.9);
    }

    assertThat(rate.at(1000)).isEqualTo(0.01f);
  }

  @Test
  void shouldDivideOnAPlateauThreeTimesAtMost() {
    LearningRate rate = rate("plateau:2");

    rate.evaluated(0.5);
    rate.evaluated(0.5);
    assertThat(rate.at(2)).isEqualTo(0.01f);
    rate.evaluated(0.6);
    assertThat(rate.at(3)).isEqualTo(0.001f);
    rate.evaluated(0.4); // a new lowest error begins the count anew
    rate.evaluated(0.4);
    assertThat(rate.at(5)).isEqualTo(0.001f);
    for (int i = 0; i < 20; i++) {
      rate.evaluated(0.4);
    }

    assertThat(rate.at(25)).isEqualTo(0.00001f);
  }

  @Test
  void shouldGoOnFromWhatACheckpointKept() {
    LearningRate first = rate("plateau:2");
    first.evaluated(0.5);
    first.evaluated(0.5);
    LearningRate resumed = rate("plateau:2");

    resumed.restore(first.state());
    first.evaluated(0.5);
    resumed.evaluated(0.5);

    assertThat(resumed.at(3)).isEqualTo(first.at(3)).isEqualTo(0.001f);
    assertThat(resumed.state()).isEqualTo(first.state());
  }

  @ParameterizedTest
  @ValueSource(strings = {"constant", "steps:1,2,30", "plateau:3"})
  void shouldReadTheTextThatItWrites(String text) {
    assertThat(LearningRateSchedule.parse(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "step:3",
        "steps",
        "steps:",
        "steps:3,2",
        "steps:0",
        "plateau:0",
        "plateau:1,2",
        "constant:1",
        "steps:x"
      })
  void shouldRefuseOtherTexts(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LearningRateSchedule.parse(text))
        .withMessageContaining("schedule");
  }
}
