package dev.millrace.dashboard.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LttbTest {
  @Test
  void shouldChooseAtMostSoManyPointsInOrderWithTheFirstAndTheLast() {
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      int size = 1 + random.nextInt(4000);
      int most = 3 + random.nextInt(300);
      double gaps = random.nextInt(3) / 2.0; // none, half, all
      Points points = random(random, size, gaps);
      int from = random.nextInt(size);
      int to = from + 1 + random.nextInt(size - from);

      int[] chosen = Lttb.choose(points, from, to, most, round % 2 == 0 ? Axis.STEP : Axis.TIME);

      assertThat(chosen).hasSize(Math.min(most, to - from));
      assertThat(chosen[0]).isEqualTo(from);
      assertThat(chosen[chosen.length - 1]).isEqualTo(to - 1);
      for (int i = 1; i < chosen.length; i++) {
        assertThat(chosen[i]).isGreaterThan(chosen[i - 1]);
      }
    }
  }

  @Test
  void shouldChooseNothingOfNothing() {
    assertThat(Lttb.choose(new Series().points(), 0, 0, 10, Axis.STEP)).isEmpty();
  }

  @Test
  void shouldChooseAllWhereThereAreNoMoreThanWanted() {
    Points points = random(new Random(2), 10, 0);

    assertThat(Lttb.choose(points, 0, 10, 10, Axis.STEP))
        .isEqualTo(IntStream.range(0, 10).toArray());
  }

  @Test
  void shouldKeepTheOnePeakOfAMillionPoints() {
    Series series = new Series();
    for (int i = 0; i < 1_000_000; i++) {
      series.add(i, i, i == 654_321 ? 9 : 1 + i % 7 * 1e-3);
    }

    assertThat(Lttb.choose(series.points(), 0, 1_000_000, 1000, Axis.STEP)).contains(654_321);
  }

  @Test
  void shouldTakeNumbersWhereABucketHasAny() {
    Series series = new Series();
    for (int i = 0; i < 1000; i++) {
      series.add(i, i, i % 2 == 0 ? i % 10 : Double.NaN);
    }
    Points points = series.points();

    int[] chosen = Lttb.choose(points, 0, 1000, 100, Axis.STEP);

    assertThat(Arrays.stream(chosen, 0, 99).mapToDouble(points::value)).allMatch(Double::isFinite);
  }

  private static Points random(Random random, int size, double gaps) {
    Series series = new Series();
    long step = 0;
    for (int i = 0; i < size; i++) {
      step += 1 + random.nextInt(5);
      series.add(
          step, 1000 * step, random.nextDouble() < gaps ? Double.NaN : random.nextGaussian());
    }
    return series.points();
  }
}
