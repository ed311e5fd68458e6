package dev.millrace.pipeline.cli;

import dev.millrace.schemas.StatisticsSource;
import picocli.CommandLine.Option;

/** Whose color statistics a service goes by. */
public final class StatisticsOption {
  @Option(
      names = "--statistics",
      paramLabel = "SOURCE",
      defaultValue = "published",
      description =
          "Color statistics to go by: published (ImageNet's, or what the model was made for) or"
              + " dataset (what millrace stats has found). The same for every augmenter and trainer"
              + " of a run. Default: ${DEFAULT-VALUE}.")
  private StatisticsSource source = StatisticsSource.PUBLISHED;

  /** The source. */
  public StatisticsSource source() {
    return source;
  }
}
