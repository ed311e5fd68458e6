package dev.millrace.producer.prepare;

import dev.millrace.schemas.Split;
import java.util.ArrayList;
import java.util.List;

/** Which images are in which shard. */
final class ShardPlan {
  private ShardPlan() {}

  /**
   * A shard's images: those of some sequences in the split's shuffled order.
   *
   * @param name of its file: it tells the split
   * @param from first sequence
   * @param to behind the last one
   */
  record Shard(String name, int from, int to) {
    int size() {
      return to - from;
    }
  }

  /**
   * All shards of a split.
   *
   * @param images how many there are
   */
  static List<Shard> of(Split split, int images, int imagesPerShard) {
    List<Shard> shards = new ArrayList<>();
    for (int from = 0; from < images; from += imagesPerShard) {
      int to = (int) Math.min(images, (long) from + imagesPerShard);
      String name = "%s-%06d.tar".formatted(prefix(split), from / imagesPerShard);
      shards.add(new Shard(name, from, to));
    }
    return shards;
  }

  private static String prefix(Split split) {
    return switch (split) {
      case TRAIN -> "train";
      case VALIDATION -> "val";
    };
  }
}
