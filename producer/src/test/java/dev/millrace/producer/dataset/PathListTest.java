package dev.millrace.producer.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class PathListTest {
  private final SplittableRandom random = new SplittableRandom(3);

  private static PathList of(List<String> paths) {
    PathList.Builder builder = new PathList.Builder();
    paths.forEach(builder::add);
    return builder.build();
  }

  private String path() {
    StringBuilder path = new StringBuilder();
    for (int letters = random.nextInt(6); letters > 0; letters--) {
      path.append("ab/\u00e9\u732b".charAt(random.nextInt(5)));
    }
    return path.toString();
  }

  @RepeatedTest(20)
  void shouldGivePathsBackAndOrderThemByTheirBytes() {
    List<String> paths = new ArrayList<>();
    for (int i = random.nextInt(300); i > 0; i--) {
      paths.add(path());
    }
    PathList list = of(paths);

    assertThat(IntStream.range(0, list.size()).mapToObj(list::get)).isEqualTo(paths);
    int[] order = list.order();
    PathList sorted = list.select(order);
    List<String> expected =
        paths.stream()
            .sorted((one, other) ->
                Arrays.compareUnsigned(
                    one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8)))
            .toList();
    assertThat(IntStream.range(0, sorted.size()).mapToObj(sorted::get)).isEqualTo(expected);
    for (int i = 1; i < order.length; i++) {
      if (list.compare(order[i - 1], order[i]) == 0) {
        assertThat(order[i - 1]).as("the earlier of equal paths").isLessThan(order[i]);
      }
    }
  }

  @Test
  void shouldKeepEmptyPaths() {
    PathList list = of(List.of("", "a", ""));

    assertThat(list.size()).isEqualTo(3);
    assertThat(list.get(2)).isEmpty();
    assertThat(list.order()).containsExactly(0, 2, 1);
  }
}
