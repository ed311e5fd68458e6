package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelMixTest {
  private static final int IMAGES = 100_000;
  private static final int CLASSES = 50;

  @Test
  void shouldTellAPerfectMixFromNone() {
    int[] sorted = IntStream.range(0, IMAGES).map(i -> i / (IMAGES / CLASSES)).toArray();
    int[] mixed = new Random(1).ints(IMAGES, 0, CLASSES).toArray();

    assertThat(LabelMix.of(sorted, CLASSES).sameLabel()).isCloseTo(50, within(2.0));
    assertThat(LabelMix.of(sorted, CLASSES).classes()).isCloseTo(1, within(0.1));
    assertThat(LabelMix.of(mixed, CLASSES).sameLabel()).isCloseTo(1, within(0.02));
    // 50 x (1 - (1 - 1/50)^128)
    assertThat(LabelMix.of(mixed, CLASSES).classes()).isCloseTo(46.2, within(0.3));
  }
}
