package dev.millrace.producer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.Split;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CompressedArchivesTest {
  private static final int MOST = 1 << 20;
  private static final int ALL = Integer.MAX_VALUE;

  @TempDir private Path folder;

  private void assertFailure(Path data, String... words) {
    assertThatThrownBy(() -> Dataset.open(data, 0, 1))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll(words);
  }

  /** Eight shards of 20 to 27 images of 8 kB on average. */
  private void writeShards() throws IOException {
    for (int i = 0; i < 8; i++) {
      byte[] tar = Tars.shard(i, 20 + i, 4, 8000);
      Path file = folder.resolve("s-train-%d.tar.%s".formatted(i, i % 2 == 0 ? "gz" : "zst"));
      Files.write(file, i % 2 == 0 ? Tars.gzip(tar) : Tars.zstd(tar));
    }
  }

  private Dataset open(long shuffleBytes) throws DatasetException {
    return Dataset.open(
        new Location.Local(folder),
        new DatasetOptions(0.1, 1, shuffleBytes, null),
        new LongAdder());
  }

  @Test
  void shouldReadWhatTheirNamesDoNotTell() throws Exception {
    byte[] one = Tars.texts("a.jpg", "a", "a.cls", "1", "b.jpg", "bb", "b.cls", "0");
    byte[] two = Tars.texts("c.png", "ccc", "c.cls", "1", "c.txt", "text");
    Files.write(folder.resolve("x-train-0.tgz"), Tars.gzip(one));
    Files.write(folder.resolve("x-val-1.tar"), Tars.zstd(two));

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      assertThat(dataset.isStream()).isTrue();
      assertThat(Tars.describe(dataset, Split.TRAIN))
          .containsExactly("x-train-0/a.jpg 1 a", "x-train-0/b.jpg 0 bb");
      assertThat(Tars.describe(dataset, Split.VALIDATION)).containsExactly("x-val-1/c.png 1 ccc");
      assertThat(dataset.skippedFiles()).isEqualTo(1);
    }
    Path pattern = folder.resolve("x-{train-0.tgz,val-1.tar}");
    try (Dataset dataset = Dataset.open(pattern, 0, 1)) {
      assertThat(dataset.size(Split.VALIDATION)).isEqualTo(1);
    }
  }

  @Test
  void shouldLabelOneArchiveByPathsAndReadSeveralMembers() throws Exception {
    byte[] tar = Tars.texts("cat/a.jpg", "a", "dog/b.jpg", "b", "dog/c.jpg", "c");
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (int begin = 0; begin < tar.length; begin += 700) {
      members.writeBytes(
          Tars.gzip(Arrays.copyOfRange(tar, begin, Math.min(begin + 700, tar.length))));
    }
    Path file = Files.write(folder.resolve("data.tar.gz"), members.toByteArray());

    try (Dataset dataset = Dataset.open(file, 0, 1);
        ImagePass pass = dataset.readStored(Split.TRAIN, MOST, _ -> true)) {
      assertThat(dataset.synsets()).containsExactly("cat", "dog");
      assertThat(Tars.ids(pass, 0)).containsExactly("cat/a.jpg", "dog/b.jpg", "dog/c.jpg");
      assertThat(dataset.image(Split.TRAIN, 1).source()).isEqualTo(file + "!dog/b.jpg");
    }
  }

  @Test
  void shouldGiveTheSameOrderWhereverItBeginsAndHoldNoMoreThanTheBuffer() throws Exception {
    writeShards();
    long buffer = 1 << 20;

    try (Dataset dataset = open(buffer)) {
      int size = dataset.size(Split.TRAIN);
      List<String> expected = new ArrayList<>();
      for (int position : dataset.order(Split.TRAIN, 5, 3)) {
        expected.add(dataset.image(Split.TRAIN, position).id());
      }
      assertThat(new HashSet<>(expected)).hasSize(size);
      for (int first : new int[] {0, 1, size / 2, size - 1, size}) {
        try (ImagePass pass = dataset.readEpoch(Split.TRAIN, 5, 3, MOST, i -> i >= first)) {
          assertThat(Tars.ids(pass, first)).isEqualTo(expected.subList(first, size));
          long held = ((StreamPass) pass).mostHeldBytes();
          assertThat(held).isLessThanOrEqualTo(buffer);
          assertThat(held).isGreaterThan(first == 0 ? buffer / 2 : -1);
        }
      }
      try (ImagePass pass = dataset.readEpoch(Split.VALIDATION, 5, 0, MOST, _ -> true)) {
        assertThat(Tars.ids(pass, 0)).isSorted().hasSize(dataset.size(Split.VALIDATION));
      }
    }
  }

  @Test
  void shouldPassOverArchivesOfWhichNothingIsWanted() throws Exception {
    writeShards();

    try (Dataset dataset = open(1 << 20)) {
      for (int i = 1; i < 8; i++) {
        Files.delete(folder.resolve("s-train-%d.tar.%s".formatted(i, i % 2 == 0 ? "gz" : "zst")));
      }
      int[] order = dataset.order(Split.TRAIN, 1, 0);
      List<Integer> first = new ArrayList<>();
      for (int sequence = 0; sequence < order.length; sequence++) {
        if (dataset.image(Split.TRAIN, order[sequence]).id().startsWith("s-train-0/")) {
          first.add(sequence);
        }
      }
      try (ImagePass pass = dataset.readEpoch(Split.TRAIN, 1, 0, MOST, first::contains)) {
        for (int sequence : first) {
          assertThat(pass.image(sequence).read(MOST)).isNotEmpty();
        }
      }
    }
  }

  @Test
  void shouldReadImagesThatWereNotWantedOrAreAskedForTwice() throws Exception {
    writeShards();

    try (Dataset dataset = open(1 << 20);
        ImagePass pass = dataset.readEpoch(Split.TRAIN, 1, 0, 4000, sequence -> sequence == 7)) {
      byte[] bytes = pass.image(7).read(ALL);
      assertThat(pass.image(7).read(ALL)).isEqualTo(bytes);
      assertThat(pass.image(3).read(ALL)).hasSize((int) pass.image(3).length());
    }
  }

  @Test
  void shouldStopAtAnArchiveThatHasChanged() throws Exception {
    Path file = folder.resolve("data.tar.gz");
    Files.write(file, Tars.gzip(Tars.texts("cat/a.jpg", "a", "dog/b.jpg", "b")));

    try (Dataset dataset = Dataset.open(file, 0, 1)) {
      Files.write(file, Tars.gzip(Tars.texts("cat/a.jpg", "a", "dog/b.jpg", "x")));
      try (ImagePass pass = dataset.readStored(Split.TRAIN, MOST, _ -> true)) {
        assertThat(pass.image(0).read(MOST)).containsExactly('a');
        assertThatThrownBy(() -> pass.image(1).read(MOST))
            .isInstanceOf(ArchiveException.class)
            .hasMessageContainingAll("" + file, "dog/b.jpg has other bytes", "put it back");
      }
      Files.delete(file);
      try (ImagePass pass = dataset.readStored(Split.TRAIN, MOST, _ -> true)) {
        assertThatThrownBy(() -> pass.image(0).read(MOST))
            .isInstanceOf(ArchiveException.class)
            .hasMessageContaining("" + file);
      }
    }
  }

  @Test
  void shouldNameTheArchiveThatIsDamaged() throws Exception {
    byte[] gzip = Tars.gzip(Tars.shard(1, 30, 3, 8000));
    Path file = folder.resolve("data.tar.gz");
    for (int length : new int[] {gzip.length / 2, gzip.length - 4}) {
      Files.write(file, Arrays.copyOf(gzip, length));
      assertFailure(file, "Cannot read the tar archive " + file, "copy it again");
    }
    byte[] damaged = gzip.clone();
    damaged[gzip.length - 6] ^= 1; // the sum at the end
    Files.write(file, damaged);
    assertFailure(file, "Cannot read the tar archive " + file, "copy it again");

    byte[] zstd = Tars.zstd(Tars.shard(1, 30, 3, 8000));
    Files.write(file, Arrays.copyOf(zstd, zstd.length / 2));
    assertFailure(file, "Cannot read the tar archive " + file, "copy it again");

    Files.write(file, "BZh91AY and so on".getBytes(StandardCharsets.US_ASCII));
    assertFailure(file, file + ": it is compressed by bzip2 or xz", "decompress it");

    Files.write(file, Tars.gzip(new byte[2000]));
    assertFailure(file, file + " is neither a folder nor a tar archive");
  }
}
