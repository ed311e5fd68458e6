package dev.millrace.producer.prepare;

import dev.millrace.schemas.OptionFaults;
import java.util.ArrayList;
import java.util.List;

/**
 * What decides the bytes of prepared shards.
 *
 * @param size side of the square JPEGs in pixels, 16 to 2048
 * @param quality of the JPEGs, 1 to 100, on libjpeg's scale
 * @param imagesPerShard 1 to 1,000,000
 * @param seed decides the order of the training images
 * @param maxImageBytes larger files are left out, from 1 KiB
 */
public record PrepareOptions(
    int size, int quality, int imagesPerShard, long seed, int maxImageBytes) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if any is left, naming every setting that is at fault
   */
  public PrepareOptions {
    OptionFaults faults = new OptionFaults();
    faults.range("size", size, 16, 2048);
    faults.range("quality", quality, 1, 100);
    faults.range("images-per-shard", imagesPerShard, 1, 1_000_000);
    faults.range("max-image-size", maxImageBytes, 1 << 10, Integer.MAX_VALUE);
    faults.throwIfAny("Cannot prepare images with these options");
  }

  /** The options of an earlier run that are not these, by name and value; empty when all are. */
  List<String> differences(PrepareOptions earlier) {
    List<String> different = new ArrayList<>();
    compare(different, "size", size, earlier.size);
    compare(different, "quality", quality, earlier.quality);
    compare(different, "images-per-shard", imagesPerShard, earlier.imagesPerShard);
    compare(different, "seed", seed, earlier.seed);
    compare(different, "max-image-size", maxImageBytes, earlier.maxImageBytes);
    return different;
  }

  private static void compare(List<String> different, String name, long now, long earlier) {
    if (now != earlier) {
      different.add("--%s %d, now %d".formatted(name, earlier, now));
    }
  }
}
