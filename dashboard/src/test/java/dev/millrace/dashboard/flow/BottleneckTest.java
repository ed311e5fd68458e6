package dev.millrace.dashboard.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BottleneckTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PRODUCER   | x; images come too slowly: the augmenters wait for the producer
          PRODUCER   | x; images come too slowly: no image waits for an augmenter
          AUGMENTERS | x; 2 more augmenter threads would end it
          AUGMENTERS | x; images wait, but no augmenter runs
          AUGMENTERS | x; each of the 3 partitions has its augmenter thread: faster processors would end it, or a stream of more partitions
          TRAINER    | x; they are there, but reading them is too slow: more --fetch-threads, a faster network or faster brokers would end it
          TRAINER    | x; images wait: more --augment-threads would end it
          UNKNOWN    | x; the moon is full
          """)
  void shouldBlameWhomTheVerdictBlames(Bottleneck expected, String verdict) {
    assertThat(Bottleneck.of(verdict)).isEqualTo(expected);
  }
}
