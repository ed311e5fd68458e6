package dev.millrace.producer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards as the WebDataset library writes them. */
class WebDatasetTest {
  @TempDir private Path folder;

  private Path shard(String name, String... namesAndTexts) throws Exception {
    Path shard = folder.resolve(name);
    Files.createDirectories(shard.getParent());
    return Files.write(shard, Tars.texts(namesAndTexts));
  }

  private void assertFailure(Path data, String... words) {
    assertThatThrownBy(() -> Dataset.open(data, 0, 1))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void shouldTakeNumbersForClassIndexesAndSplitsFromTheShardsNames() throws Exception {
    shard("set-train-000.tar", "0.jpg", "a", "0.cls", "2", "1.cls", "10\n", "1.jpg", "b");
    shard("set-train-001.tar", "0.cls", "0", "0.png", "c", "0.txt", "a picture");
    shard("set-val-000.tar", "0.jpg", "d", "0.cls", "10");

    try (Dataset dataset = Dataset.open(folder, 0.5, 1)) {
      assertThat(dataset.synsets()).hasSize(11).startsWith("0", "1", "2").endsWith("10");
      assertThat(Tars.describe(dataset, Split.TRAIN))
          .containsExactly(
              "set-train-000/0.jpg 2 a", "set-train-000/1.jpg 10 b", "set-train-001/0.png 0 c");
      assertThat(Tars.describe(dataset, Split.VALIDATION))
          .containsExactly("set-val-000/0.jpg 10 d");
      assertThat(dataset.skippedFiles()).isEqualTo(1);
      assertThat(dataset.image(Split.TRAIN, 0).source())
          .isEqualTo(folder.resolve("set-train-000.tar") + "!set-train-000/0.jpg");
    }
  }

  @Test
  void shouldTakeShardsByAPatternOfBraces() throws Exception {
    for (int i = 8; i < 13; i++) {
      shard("s-%03d.tar".formatted(i), "x.jpg", "image", "x.cls", Integer.toString(i));
    }

    try (Dataset dataset = Dataset.open(folder.resolve("s-{009..011}.tar"), 0, 1)) {
      assertThat(Tars.describe(dataset, Split.TRAIN))
          .containsExactly("s-009/x.jpg 9 image", "s-010/x.jpg 10 image", "s-011/x.jpg 11 image");
    }
    try (Dataset dataset = Dataset.open(folder.resolve("s-{008,01{0..2}}.tar"), 0, 1)) {
      assertThat(dataset.size(Split.TRAIN)).isEqualTo(4);
    }
    assertFailure(folder.resolve("s-{011..013}.tar"), "Cannot read", "s-013.tar");
    assertFailure(folder.resolve("s-{013..011}.tar"), "{013..011} must count up");
    assertFailure(folder.resolve("s-{0..9}{0..9}{0..9}{0..9}{0..9}{0..9}.tar"), "100,000 files");
  }

  @Test
  void shouldReadNamesOfClassesFromJson() throws Exception {
    Path shard =
        shard(
            "one.tar",
            "dir.1/a.jpg",
            "1",
            "dir.1/a.json",
            "{\"width\": 3, \"label\": \"tench\"}",
            "dir.1/b.seg.png",
            "mask",
            "dir.1/b.webp",
            "2",
            "dir.1/b.json",
            "{\"class\": \"beagle\"}");

    try (Dataset dataset = Dataset.open(shard, 0, 1)) {
      assertThat(dataset.synsets()).containsExactly("beagle", "tench");
      assertThat(Tars.describe(dataset, Split.TRAIN))
          .containsExactly("dir.1/a.jpg 1 1", "dir.1/b.webp 0 2");
      assertThat(dataset.skippedFiles()).isEqualTo(1);
    }
  }

  @Test
  void shouldNameTheSampleThatIsWrong() throws Exception {
    Path unlabelled = shard("a/u.tar", "0.jpg", "a", "0.cls", "1", "1.jpg", "b");
    assertFailure(unlabelled, "Cannot tell the class of " + unlabelled + "!1.jpg", ".cls or .json");

    Path broken = shard("b/j.tar", "0.jpg", "a", "0.json", "{label: 1");
    assertFailure(broken, "0.json is no JSON");

    Path large = shard("c/n.tar", "0.jpg", "a", "0.cls", "123456", "1.jpg", "b", "1.cls", "0");
    assertFailure(large, "numbers from 0 to 99,999, found 123456");
  }

  @Test
  void shouldTakeAFolderOfTarsWithoutLabelsForClasses() throws Exception {
    shard("n01.tar", "n01_1.JPEG", "a");
    shard("n02.tar", "n02_1.JPEG", "b", "readme.md", "text");

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      assertThat(Tars.describe(dataset, Split.TRAIN))
          .containsExactly("n01/n01_1.JPEG 0 a", "n02/n02_1.JPEG 1 b");
      assertThat(dataset.skippedFiles()).isEqualTo(1);
    }
  }
}
