package dev.millrace.producer.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.producer.archive.ArchiveFile;
import dev.millrace.producer.archive.Compression;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamOrderTest {
  private static final int BUFFER = 1 << 20;

  /** Archives of images of 1 byte to 200 kB; every third archive is empty. */
  private static StoredFiles files(int shards, int most) {
    Random random = new Random(shards);
    StoredFiles.Builder files = new StoredFiles.Builder();
    for (int shard = 0; shard < shards; shard++) {
      files.shard(
          new Shard(
              new ArchiveFile(Path.of("/nowhere/%d.tar.gz".formatted(shard))),
              Compression.GZIP,
              null));
      int images = shard % 3 == 1 ? 0 : 1 + random.nextInt(most);
      for (int i = 0; i < images; i++) {
        files.add(
            "%d/%d.jpg".formatted(shard, 1_000_000 - i), i * 1000L, 1 + random.nextInt(200_000), 0);
      }
    }
    return files.build();
  }

  private static StreamOrder order(StoredFiles files) {
    return new StreamOrder(files, IntStream.range(0, files.size()).toArray(), BUFFER);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 500", "2, 10", "16, 40", "17, 40", "50, 3", "50, 200"})
  void shouldBePermutationsThatDependOnSeedAndEpoch(int shards, int most) {
    StoredFiles files = files(shards, most);

    StreamOrder.Order some = order(files).shuffled(1, 2);

    int[] all = IntStream.range(0, files.size()).toArray();
    assertThat(sorted(some.order())).isEqualTo(all);
    assertThat(sorted(some.reads())).isEqualTo(all);
    assertThat(order(files).shuffled(1, 2).order()).isEqualTo(some.order());
    if (files.size() > 10) {
      assertThat(order(files).shuffled(1, 3).order()).isNotEqualTo(some.order());
      assertThat(order(files).shuffled(2, 2).order()).isNotEqualTo(some.order());
    }
    assertThat(sorted(order(files).stored().order())).isEqualTo(all);
  }

  @ParameterizedTest
  @CsvSource({"1, 500", "17, 40", "50, 3", "50, 200"})
  void shouldReadArchivesForwardsAndFewAtATimeAndHoldNoMoreThanTheBuffer(int shards, int most) {
    StoredFiles files = files(shards, most);
    StreamOrder.Order order = order(files).shuffled(1, 0);

    long[] at = new long[shards];
    int[] left = new int[shards];
    Arrays.fill(at, -1);
    IntStream.range(0, files.size()).forEach(i -> left[files.shardOf(i)]++);
    int[] whole = left.clone();
    boolean[] read = new boolean[files.size()];
    int reads = 0;
    long held = 0;
    for (int sequence = 0; sequence < files.size(); sequence++) {
      int position = order.order()[sequence];
      while (!read[position]) {
        int next = order.reads()[reads++];
        int shard = files.shardOf(next);
        assertThat(files.offset(next)).isGreaterThan(at[shard]);
        at[shard] = files.offset(next);
        left[shard]--;
        read[next] = true;
        held += files.length(next);
        assertThat(IntStream.range(0, shards).filter(i -> left[i] > 0 && left[i] < whole[i]))
            .hasSizeLessThanOrEqualTo(StreamOrder.OPEN);
      }
      assertThat(held).isLessThanOrEqualTo(BUFFER);
      held -= files.length(position);
    }
  }

  private static int[] sorted(int[] values) {
    return Arrays.stream(values).sorted().toArray();
  }
}
