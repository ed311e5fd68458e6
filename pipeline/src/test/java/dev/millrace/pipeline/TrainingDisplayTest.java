package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.trainer.flow.Shortage;
import dev.millrace.trainer.flow.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TrainingDisplayTest {
  @Test
  void shouldShowWhatTrainingWaitsForAndThatItWaitsNoLonger() {
    StringWriter shown = new StringWriter();
    try (TrainingDisplay display = new TrainingDisplay(new PrintWriter(shown), false, -1)) {
      display.onVerdict(
          new Verdict(Shortage.AUGMENTERS, 0.31, Instant.EPOCH, OptionalInt.of(3), 2, true, 8));
      display.onVerdict(Verdict.NONE);
    }
    assertThat(shown.toString().lines())
        .hasSize(2)
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith("Training waits 31% of the time for tensors since ")
                    .endsWith("; 2 more augmenter threads would end it"),
            line -> assertThat(line).isEqualTo("Training waits for tensors no longer"));
  }
}
