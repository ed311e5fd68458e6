package dev.millrace.pipeline.cli;

import picocli.CommandLine.Option;

/** The one source of randomness. */
public final class SeedOption {
  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Decides held-out images, order, crops, jitter, initial weights and dropout. Default:"
              + " ${DEFAULT-VALUE}.")
  private long seed = 1;

  /** The number. */
  public long seed() {
    return seed;
  }
}
