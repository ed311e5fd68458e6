package dev.millrace.pipeline.cli;

import dev.millrace.schemas.ImageRetention;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Names of the topics, and how they are created where they do not exist. */
public final class TopicOptions {
  @Mixin private PrefixOption prefix = new PrefixOption();

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "Partitions of the images and tensors topics, when they are created: the most"
              + " augmenter threads that can share the work. Default: ${DEFAULT-VALUE}.")
  private int partitions = 4;

  @Option(
      names = "--replication",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Copies of every partition, when topics are created. Default: ${DEFAULT-VALUE}.")
  private short replication = 1;

  @Option(
      names = "--image-retention",
      paramLabel = "HOW",
      defaultValue = "purge",
      converter = RetentionText.class,
      description =
          "How long images stay in their topics, when they are created: purge (deleted when all who"
              + " read them are done), forever, a time such as 30d, or a size such as 500GiB, that"
              + " of all training images: Kafka bounds each partition, so each gets an equal part."
              + " Default: ${DEFAULT-VALUE}.")
  private ImageRetention imageRetention = new ImageRetention.Purge();

  @Mixin private ImageSizeOption maxImageSize = new ImageSizeOption();

  /**
   * The topics.
   *
   * @throws IllegalArgumentException if the prefix is not one
   */
  public Topics topics() {
    return prefix.topics();
  }

  /**
   * How they are created.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  public TopicSettings settings() {
    return new TopicSettings(partitions, replication, maxImageSize.bytes(), imageRetention);
  }
}
