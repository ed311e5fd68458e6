package dev.millrace.pipeline.cli;

import dev.millrace.augmenter.AugmenterOptions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How an augmenter works, whatever it does to an image. */
public final class WorkerOptions {
  @Option(
      names = "--augmenter-threads",
      paramLabel = "N",
      description = "Threads that augment. Default: one a processor.")
  private @Nullable Integer threads;

  @Mixin private ImageHandlingOptions handling = new ImageHandlingOptions();

  @Option(
      names = "--tensors-ahead",
      paramLabel = "SIZE",
      defaultValue = "1GiB",
      converter = ByteSize.Converter.class,
      description =
          "The augmenter holds back when the slowest trainer is this many bytes of tensors behind."
              + " Default: ${DEFAULT-VALUE}.")
  private ByteSize tensorsAhead = new ByteSize(1L << 30);

  /** Sets these of the augmenter's options. */
  public AugmenterOptions.Builder apply(AugmenterOptions.Builder builder) {
    handling.apply(builder).maxAheadBytes(tensorsAhead.bytes());
    return threads == null ? builder : builder.threads(threads);
  }

  /** The values that depend on the machine, by option name. */
  public static Map<String, Object> resolved(AugmenterOptions options) {
    return Map.of("augmenter-threads", options.threads());
  }
}
