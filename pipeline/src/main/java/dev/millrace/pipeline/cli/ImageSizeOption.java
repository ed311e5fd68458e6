package dev.millrace.pipeline.cli;

import dev.millrace.schemas.TopicSettings;
import picocli.CommandLine.Option;

/** How large an image file may be. */
public final class ImageSizeOption {
  @Option(
      names = "--max-image-size",
      paramLabel = "SIZE",
      defaultValue = "16MiB",
      converter = ByteSize.Converter.class,
      description = "Larger files become dead letters. Default: ${DEFAULT-VALUE}.")
  private ByteSize maxImageSize = new ByteSize(16 << 20);

  /** Settings of topics for images of that size, where no topic is created. */
  public TopicSettings settings() {
    TopicSettings usual = TopicSettings.DEFAULT;
    return new TopicSettings(usual.partitions(), usual.replication(), bytes());
  }

  /** The number, or the largest that an int can be. */
  public int bytes() {
    return (int) Math.min(maxImageSize.bytes(), Integer.MAX_VALUE);
  }
}
