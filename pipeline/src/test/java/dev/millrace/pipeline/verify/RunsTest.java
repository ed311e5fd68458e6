package dev.millrace.pipeline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunsTest {
  private static final int RANGE = 24;

  private static List<String> runs(Runs runs) {
    List<String> text = new ArrayList<>();
    runs.forEach((from, to) -> text.add(from + "-" + to));
    return text;
  }

  private static BitSet bits(Runs runs) {
    BitSet bits = new BitSet();
    runs.forEach((from, to) -> bits.set(from.intValue(), to.intValue()));
    return bits;
  }

  @Test
  void shouldKeepNeighboursAsOne() {
    Runs runs = new Runs();

    assertThat(runs.add(3)).isTrue();
    assertThat(runs.add(5)).isTrue();
    assertThat(runs.add(4)).isTrue();
    assertThat(runs.add(4)).isFalse();
    assertThat(runs.add(0)).isTrue();

    assertThat(runs(runs)).containsExactly("0-1", "3-6");
    assertThat(runs.size()).isEqualTo(4);
    assertThat(runs.behindLast()).isEqualTo(6);
    assertThat(runs.contains(5)).isTrue();
    assertThat(runs.contains(2)).isFalse();
  }

  @Test
  void shouldCutAHole() {
    Runs rest = Runs.of(0, 10).minus(Runs.of(3, 5));

    assertThat(runs(rest)).containsExactly("0-3", "5-10");
    assertThat(runs(rest.and(Runs.of(2, 6)))).containsExactly("2-3", "5-6");
  }

  @Test
  void shouldHaveNothingBetweenEqualBounds() {
    assertThat(Runs.of(4, 4).isEmpty()).isTrue();
    assertThat(Runs.of(4, 4).behindLast()).isZero();
  }

  @Test
  void shouldDoAsSetsDo() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      Runs a = some(random);
      Runs b = some(random);
      BitSet sum = bits(a);
      sum.or(bits(b));
      BitSet both = bits(a);
      both.and(bits(b));
      BitSet rest = bits(a);
      rest.andNot(bits(b));

      assertThat(bits(a.plus(b))).isEqualTo(sum);
      assertThat(bits(a.and(b))).isEqualTo(both);
      assertThat(bits(a.minus(b))).isEqualTo(rest);
      assertThat(a.size()).isEqualTo(bits(a).cardinality());
    }
  }

  private static Runs some(Random random) {
    Runs runs = new Runs();
    for (int i = random.nextInt(RANGE); i > 0; i--) {
      runs.add(random.nextInt(RANGE));
    }
    return runs;
  }
}
