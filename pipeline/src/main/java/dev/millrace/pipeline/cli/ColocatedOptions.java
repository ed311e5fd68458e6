package dev.millrace.pipeline.cli;

import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether the trainer's process augments by itself, and how. */
public final class ColocatedOptions {
  @Option(
      names = "--colocated",
      description =
          "Augment in the trainer's own process, straight from the images topic, without augmenters"
              + " and tensors topic: the same tensors in the same minibatches. The options of"
              + " augmentation are for this.")
  private boolean colocated;

  @Option(
      names = "--augment-threads",
      paramLabel = "N",
      description =
          "With --colocated, threads that augment. Default: one a processor, but one for the"
              + " trainer.")
  private @Nullable Integer threads;

  /**
   * Threads that augment in the trainer's process, 1 to 1024; empty if others augment.
   *
   * @throws IllegalArgumentException if threads are given that nobody asked for, or out of range
   */
  public OptionalInt threads() {
    if (!colocated && threads != null) {
      throw new IllegalArgumentException("--augment-threads needs --colocated");
    }
    int wanted =
        threads == null ? Math.max(1, Runtime.getRuntime().availableProcessors() - 1) : threads;
    if (wanted < 1 || wanted > 1024) {
      throw new IllegalArgumentException("augment-threads must be from 1 to 1024, found " + wanted);
    }
    return colocated ? OptionalInt.of(wanted) : OptionalInt.empty();
  }

  /** The values that depend on the machine, by option name. */
  public static Map<String, Object> resolved(OptionalInt threads) {
    return threads.isPresent() ? Map.of("augment-threads", threads.getAsInt()) : Map.of();
  }
}
