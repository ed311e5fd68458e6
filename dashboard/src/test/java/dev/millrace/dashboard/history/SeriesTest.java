package dev.millrace.dashboard.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SeriesTest {
  @Test
  void shouldHoldWhatAMapHoldsWhateverIsReplaced() {
    Random random = new Random(1);
    Series series = new Series();
    TreeMap<Long, Double> expected = new TreeMap<>();
    long step = 0;
    for (int i = 0; i < 20_000; i++) {
      step = random.nextInt(400) == 0 ? Math.max(1, step - random.nextInt(3000)) : step + 1;
      double value = random.nextDouble();
      series.removeFrom(step);
      series.add(step, 7 * step, value);
      expected.tailMap(step, true).clear();
      expected.put(step, value);
    }

    Points points = series.points();
    assertThat(series.size()).isEqualTo(expected.size()).isEqualTo(points.size());
    int at = 0;
    for (var entry : expected.entrySet()) {
      assertThat(points.step(at)).isEqualTo(entry.getKey());
      assertThat(points.time(at)).isEqualTo(7 * entry.getKey());
      assertThat(points.value(at)).isEqualTo(entry.getValue());
      at++;
    }
  }

  @Test
  void shouldLeaveAloneWhatHasBeenHandedOut() {
    Series series = new Series();
    for (int i = 1; i <= 1500; i++) {
      series.add(i, i, i);
    }
    Points before = series.points();

    series.removeFrom(1200);
    for (int i = 1200; i <= 3000; i++) {
      series.add(i, i, -i);
    }

    assertThat(before.size()).isEqualTo(1500);
    for (int i = 0; i < 1500; i++) {
      assertThat(before.value(i)).isEqualTo(i + 1);
    }
    assertThat(series.points().value(1199)).isEqualTo(-1200);
  }

  @Test
  void shouldHoldStepsAndTimesThatAreFarApart() {
    Series series = new Series();
    series.add(1, 5, 1);
    series.add(1L << 40, 1L << 50, 2);
    series.add(Long.MAX_VALUE, Long.MIN_VALUE, 3);

    Points points = series.points();
    assertThat(points.step(1)).isEqualTo(1L << 40);
    assertThat(points.time(1)).isEqualTo(1L << 50);
    assertThat(points.step(2)).isEqualTo(Long.MAX_VALUE);
    assertThat(points.time(2)).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void shouldThinTheOlderHalfAndKeepTheNewerWhole() {
    Series series = new Series();
    for (int i = 0; i < 10_000; i++) {
      series.add(i, i, i == 1234 ? 50 : i % 3);
    }
    long before = series.bytes();

    series.thin();

    Points points = series.points();
    assertThat(points.size()).isEqualTo(7500);
    assertThat(points.step(0)).isZero();
    assertThat(points.step(2499)).isEqualTo(4999);
    assertThat(points.step(2500)).isEqualTo(5000);
    assertThat(points.step(7499)).isEqualTo(9999);
    assertThat(points.value(points.firstFrom(1234, Axis.STEP))).isEqualTo(50);
    assertThat(series.bytes()).isLessThan(before * 9 / 10);
  }
}
