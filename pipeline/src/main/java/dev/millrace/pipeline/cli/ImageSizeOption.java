package dev.millrace.pipeline.cli;

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

  /** The number, or the largest that an int can be. */
  public int bytes() {
    return (int) Math.min(maxImageSize.bytes(), Integer.MAX_VALUE);
  }
}
