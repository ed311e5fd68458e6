package dev.millrace.schemas;

/**
 * What a user chooses about the topics when they are created.
 *
 * @param partitions partitions of the images and tensors topics, 1 to 1000; the other topics have
 *     one
 * @param replication copies of every partition, 1 to the number of brokers
 * @param maxImageBytes largest encoded image that fits into a record, in bytes, 1 KiB to 64 MiB
 * @param imageRetention how long images stay in their topics
 */
public record TopicSettings(
    int partitions, short replication, int maxImageBytes, ImageRetention imageRetention) {
  /** Four partitions, one copy, images up to 16 MiB. */
  public static final TopicSettings DEFAULT = new TopicSettings(4, (short) 1, 16 << 20);

  /** Settings of topics whose images are deleted when they are done with. */
  public TopicSettings(int partitions, short replication, int maxImageBytes) {
    this(partitions, replication, maxImageBytes, new ImageRetention.Purge());
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is left, naming the setting and its range
   */
  public TopicSettings {
    check("partitions", partitions, 1, 1000);
    check("replication", replication, 1, 100);
    check("max-image-bytes", maxImageBytes, 1 << 10, 64 << 20);
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be from %d to %d, found %d".formatted(name, least, most, value));
    }
  }
}
