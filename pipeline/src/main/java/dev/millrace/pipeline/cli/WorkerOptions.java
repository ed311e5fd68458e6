package dev.millrace.pipeline.cli;

import dev.millrace.augmenter.AugmenterOptions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How an augmenter works, whatever it does to an image. */
public final class WorkerOptions {
  @Option(
      names = "--augmenter-threads",
      paramLabel = "N",
      description = "Threads that augment. Default: one a processor.")
  private @Nullable Integer threads;

  @Option(
      names = "--max-dead-letter-share",
      paramLabel = "SHARE",
      defaultValue = "0.5",
      description =
          "The augmenter stops when more of the images than this are dead letters, looked at from"
              + " 100 images on. Default: ${DEFAULT-VALUE}.")
  private double maxDeadLetterShare = 0.5;

  @Option(
      names = "--tensors-ahead",
      paramLabel = "SIZE",
      defaultValue = "1GiB",
      converter = ByteSize.Converter.class,
      description =
          "The augmenter holds back when the slowest trainer is this many bytes of tensors behind."
              + " Default: ${DEFAULT-VALUE}.")
  private ByteSize tensorsAhead = new ByteSize(1L << 30);

  @Option(
      names = "--keep-images",
      description = "Keep images in their topics after they were augmented. Default: delete them.")
  private boolean keepImages;

  /** Sets these of the augmenter's options. */
  public AugmenterOptions.Builder apply(AugmenterOptions.Builder builder) {
    builder
        .maxDeadLetterShare(maxDeadLetterShare)
        .maxAheadBytes(tensorsAhead.bytes())
        .purgeImages(!keepImages);
    return threads == null ? builder : builder.threads(threads);
  }

  /** The values that depend on the machine, by option name. */
  public static Map<String, Object> resolved(AugmenterOptions options) {
    return Map.of("augmenter-threads", options.threads());
  }
}
