package dev.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassListsTest {
  private static ClassList list(String... synsets) {
    return ClassLists.of(List.of(synsets), List.of(synsets), Instant.EPOCH);
  }

  @Test
  void shouldKnowEveryListThatAListHasGrownFrom() {
    ClassList grown = list("ant", "bee", "cat");

    for (ClassList earlier : List.of(list("ant"), list("ant", "bee"), grown)) {
      assertThat(ClassLists.begins(grown.getClasses(), earlier.getId())).isTrue();
    }
    for (ClassList other :
        List.of(
            list("bee"), list("antbee"), list("ant", "cat"), list("ant", "bee", "cat", "dog"))) {
      assertThat(ClassLists.begins(grown.getClasses(), other.getId())).isFalse();
    }
  }
}
