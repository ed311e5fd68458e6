package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyedRandomTest {
  @Test
  void shouldGiveTheSameNumbersForEver() {
    KeyedRandom random = new KeyedRandom(1, 2, "n01440764/n01440764_10026.JPEG");

    assertThat(random.nextLong()).isEqualTo(FIRST);
    assertThat(random.nextLong()).isEqualTo(SECOND);
  }

  private static final long FIRST = 888933886405742839L;
  private static final long SECOND = 1857196431028819076L;

  @Test
  void shouldDifferInEveryPartOfTheKey() {
    Set<Long> first = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      for (int epoch = 0; epoch < 20; epoch++) {
        for (int id = 0; id < 20; id++) {
          first.add(new KeyedRandom(seed, epoch, "image" + id).nextLong());
        }
      }
    }
    assertThat(first).hasSize(20 * 20 * 20);
    assertThat(new KeyedRandom(0, 0, "a").nextLong())
        .isNotEqualTo(new KeyedRandom(0, 0, "a\0").nextLong());
  }

  @Test
  void shouldDrawEveryOffsetOfTheCropEquallyOften() {
    // Chi-square with 32 degrees of freedom stays under 62.5 with probability 0.999.
    int[] counts = new int[33];
    for (int i = 0; i < 33_000; i++) {
      counts[new KeyedRandom(1, 0, "image-" + i).nextInt(33)]++;
    }
    assertThat(chiSquare(counts, 1000)).isLessThan(62.5);
  }

  @Test
  void shouldFlipHalfOfTheImages() {
    int[] counts = new int[2];
    for (int i = 0; i < 20_000; i++) {
      KeyedRandom random = new KeyedRandom(1, i % 7, "image-" + i / 7);
      random.nextInt(33);
      random.nextInt(33);
      counts[random.nextDouble() < 0.5 ? 1 : 0]++;
    }
    assertThat(chiSquare(counts, 10_000)).isLessThan(10.8);
  }

  @Test
  void shouldDrawNormalNumbersWithMeanZeroAndDeviationOne() {
    double sum = 0;
    double squares = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      double value = new KeyedRandom(3, 0, "image-" + i).nextGaussian();
      sum += value;
      squares += value * value;
    }
    assertThat(sum / n).isCloseTo(0, within(0.01));
    assertThat(squares / n).isCloseTo(1, within(0.02));
  }

  @Test
  void shouldShuffleIntoEveryOrderEquallyOften() {
    Map<String, Integer> counts = new HashMap<>();
    for (int epoch = 0; epoch < 6000; epoch++) {
      int[] numbers = {7, 8, 9};
      new KeyedRandom(1, epoch, "order").shuffle(numbers);
      counts.merge(Arrays.toString(numbers), 1, Integer::sum);
    }

    assertThat(counts).hasSize(6);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(900, 1100));
  }

  @Test
  void shouldRefuseABoundUnderOne() {
    assertThatThrownBy(() -> new KeyedRandom(1, 0, "").nextInt(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static double chiSquare(int[] counts, double expected) {
    double sum = 0;
    for (int count : counts) {
      sum += (count - expected) * (count - expected) / expected;
    }
    return sum;
  }
}
