package dev.millrace.pipeline.cli;

import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.Shrinking;
import dev.millrace.schemas.TopicSettings;
import picocli.CommandLine.Option;

/** How far the producer runs ahead of the augmenters, and how it shrinks images. */
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

  @Option(
      names = "--prepare",
      paramLabel = "SIDE",
      defaultValue = "0",
      description =
          "Shrink every image before it is published to a square JPEG of this many pixels a side:"
              + " the shorter side gets that length, and the centre is taken. The augmenters then"
              + " have a quarter of the work. Default: 0, images stay as they are.")
  private int prepare;

  @Option(
      names = "--shrink-larger",
      paramLabel = "SIDE",
      defaultValue = "0",
      description =
          "Shrink images whose files are over --max-image-size, up to 256 MiB, to a JPEG of this"
              + " shorter side in pixels, instead of making dead letters of them. --prepare shrinks"
              + " them, too. Default: 0, they become dead letters.")
  private int shrinkLarger;

  @Option(
      names = "--prepare-quality",
      paramLabel = "Q",
      defaultValue = "90",
      description =
          "Quality of the JPEGs that --prepare and --shrink-larger make, 1 to 100. Default:"
              + " ${DEFAULT-VALUE}.")
  private int prepareQuality = Shrinking.USUAL_QUALITY;

  /**
   * The producer's options.
   *
   * @param epochs passes over the training images, 0 for without end
   * @throws IllegalArgumentException if any is out of range
   */
  public ProducerOptions options(long seed, int epochs, TopicSettings settings) {
    return new ProducerOptions(
        seed,
        epochs,
        settings.maxImageBytes(),
        imagesAhead.bytes(),
        new Shrinking(prepare, shrinkLarger, prepareQuality));
  }

  /** The most bytes of images that wait in the topics. */
  public long imagesAheadBytes() {
    return imagesAhead.bytes();
  }
}
