package dev.millrace.pipeline.cli;

import dev.millrace.producer.ProducerOptions;
import dev.millrace.schemas.TopicSettings;
import picocli.CommandLine.Option;

/** How far the producer runs ahead of the augmenters. */
public final class PublishingOptions {
  @Option(
      names = "--images-ahead",
      paramLabel = "SIZE",
      defaultValue = "512MiB",
      converter = ByteSize.Converter.class,
      description =
          "The producer holds back when the augmenters are this many bytes of images behind."
              + " Default: ${DEFAULT-VALUE}.")
  private ByteSize imagesAhead = new ByteSize(512L << 20);

  /**
   * The producer's options.
   *
   * @param epochs passes over the training images, 0 for without end
   * @throws IllegalArgumentException if any is out of range
   */
  public ProducerOptions options(long seed, int epochs, TopicSettings settings) {
    return new ProducerOptions(seed, epochs, settings.maxImageBytes(), imagesAhead.bytes());
  }

  /** The most bytes of images that wait in the topics. */
  public long imagesAheadBytes() {
    return imagesAhead.bytes();
  }
}
