package dev.millrace.producer.prepare;

import dev.millrace.imaging.KeyedRandom;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which images are in which shard, and in which order: training images in that of an epoch,
 * validation images shuffled, too, so that the classes are mixed in every shard.
 */
final class ShardPlan {
  private ShardPlan() {}

  /**
   * A shard's images.
   *
   * @param name of its file: it tells the split
   * @param positions of its images among the split's
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Shard(String name, Split split, int[] positions) {}

  static List<Shard> of(Dataset dataset, PrepareOptions options) {
    List<Shard> shards = new ArrayList<>();
    for (Split split : Split.values()) {
      int[] order = order(dataset, split, options.seed());
      for (int from = 0; from < order.length; from += options.imagesPerShard()) {
        int to = (int) Math.min(order.length, (long) from + options.imagesPerShard());
        String name = "%s-%06d.tar".formatted(prefix(split), from / options.imagesPerShard());
        shards.add(new Shard(name, split, Arrays.copyOfRange(order, from, to)));
      }
    }
    return shards;
  }

  private static int[] order(Dataset dataset, Split split, long seed) {
    int[] order = dataset.order(split, seed, 0);
    if (split == Split.VALIDATION) {
      new KeyedRandom(seed, 0, "order of prepared images").shuffle(order);
    }
    return order;
  }

  private static String prefix(Split split) {
    return switch (split) {
      case TRAIN -> "train";
      case VALIDATION -> "val";
    };
  }
}
