package dev.millrace.producer.dataset;

import dev.millrace.imaging.KeyedRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The orders of images that lie in streams. A shuffled one has two levels: archives come in a
 * permutation, so many of them open at a time, and each next image is that of one of them by lot;
 * then it waits in a buffer, from which images leave by lot. The buffer is played through by the
 * images' lengths alone, so that an order depends on seed and epoch only, and is known before
 * anything is read.
 */
final class StreamOrder {
  /** Archives that are open at a time. */
  static final int OPEN = 32;

  private final StoredFiles files;
  private final int[] indexes;
  private final int[][] shards; // positions in each archive, by offset
  private final long bufferBytes;

  /**
   * Prepares the orders of some files.
   *
   * @param indexes the files, by position
   * @param bufferBytes what the buffer holds at most, unless it is one image alone
   */
  StreamOrder(StoredFiles files, int[] indexes, long bufferBytes) {
    this.files = files;
    this.indexes = indexes;
    this.bufferBytes = bufferBytes;
    Comparator<Integer> inFile =
        Comparator.<Integer>comparingInt(position -> files.shardOf(indexes[position]))
            .thenComparingLong(position -> files.offset(indexes[position]));
    Integer[] sorted = IntStream.range(0, indexes.length).boxed().toArray(Integer[]::new);
    Arrays.sort(sorted, inFile);
    this.shards = new int[files.shards()][];
    int end = 0;
    for (int shard = 0; shard < shards.length; shard++) {
      int begin = end;
      while (end < sorted.length && files.shardOf(indexes[sorted[end]]) == shard) {
        end++;
      }
      shards[shard] = Arrays.stream(sorted, begin, end).mapToInt(Integer::intValue).toArray();
    }
  }

  /**
   * An order of positions, and the one in which they are read for it.
   *
   * @param order positions by sequence
   * @param reads positions as they are read: in each archive by offset
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Order(int[] order, int[] reads) {}

  /** Archive after archive, as they were listed. */
  Order stored() {
    int[] order = Arrays.stream(shards).flatMapToInt(Arrays::stream).toArray();
    return new Order(order, order);
  }

  /** Shuffled for an epoch. */
  Order shuffled(long seed, int epoch) {
    return new Shuffle(new KeyedRandom(seed, epoch, "order of images")).run();
  }

  /** One epoch's lots. */
  private final class Shuffle {
    private final KeyedRandom random;
    private final int[] permutation; // of the archives
    private final int[] next = new int[shards.length]; // place in each archive
    private final int[] open = new int[OPEN];
    private int opened;
    private int begun;

    Shuffle(KeyedRandom random) {
      this.random = random;
      this.permutation =
          IntStream.range(0, shards.length).filter(shard -> shards[shard].length > 0).toArray();
      random.shuffle(permutation);
    }

    Order run() {
      int[] reads = new int[indexes.length];
      Arrays.setAll(reads, _ -> draw());
      return new Order(buffered(reads), reads);
    }

    private int draw() {
      while (opened < OPEN && begun < permutation.length) {
        open[opened++] = permutation[begun++];
      }
      int at = random.nextInt(opened);
      int shard = open[at];
      int position = shards[shard][next[shard]++];
      if (next[shard] == shards[shard].length) {
        open[at] = open[--opened];
      }
      return position;
    }

    private int[] buffered(int[] reads) {
      int[] order = new int[reads.length];
      int[] buffer = new int[reads.length];
      int held = 0;
      long bytes = 0;
      int read = 0;
      for (int sequence = 0; sequence < order.length; sequence++) {
        while (read < reads.length && (held == 0 || bytes + length(reads[read]) <= bufferBytes)) {
          bytes += length(reads[read]);
          buffer[held++] = reads[read++];
        }
        int at = random.nextInt(held);
        order[sequence] = buffer[at];
        bytes -= length(buffer[at]);
        buffer[at] = buffer[--held];
      }
      return order;
    }

    private long length(int position) {
      return files.length(indexes[position]);
    }
  }
}
