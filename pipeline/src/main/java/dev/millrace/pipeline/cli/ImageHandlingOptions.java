package dev.millrace.pipeline.cli;

import dev.millrace.augmenter.AugmenterOptions;
import picocli.CommandLine.Option;

/** What happens to images that are bad, and to those that are done with. */
public final class ImageHandlingOptions {
  @Option(
      names = "--max-dead-letter-share",
      paramLabel = "SHARE",
      defaultValue = "0.5",
      description =
          "Augmenting stops when more of the images than this are dead letters, looked at from 100"
              + " images on. Default: ${DEFAULT-VALUE}.")
  private double maxDeadLetterShare = 0.5;

  @Option(
      names = "--keep-images",
      description =
          "Keep images in their topics after they were augmented or, colocated, trained on."
              + " Default: delete them.")
  private boolean keepImages;

  /** Sets these of the augmenter's options. */
  public AugmenterOptions.Builder apply(AugmenterOptions.Builder builder) {
    return builder.maxDeadLetterShare(maxDeadLetterShare).purgeImages(!keepImages);
  }
}
