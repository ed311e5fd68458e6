package dev.millrace.producer.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SampleKeyTest {
  @Test
  void shouldKeepThePathAndHaveNoDot() {
    assertThat(SampleKey.of("n01440764/n01440764_10026.JPEG"))
        .isEqualTo("n01440764/n01440764_10026%2EJPEG");
    assertThat(SampleKey.of("v1.2/50%.b.png")).isEqualTo("v1%2E2/50%25%2Eb%2Epng");
  }

  @Test
  void shouldBeAnotherOneForEveryId() {
    List<String> letters = List.of("", ".", "%", "%2E", "%25", "a", "2E", "/");
    Set<String> ids = new HashSet<>();
    Set<String> keys = new HashSet<>();
    for (String one : letters) {
      for (String two : letters) {
        for (String three : letters) {
          ids.add(one + two + three);
          keys.add(SampleKey.of(one + two + three));
        }
      }
    }

    assertThat(keys).hasSameSizeAs(ids).noneMatch(key -> key.contains("."));
  }
}
