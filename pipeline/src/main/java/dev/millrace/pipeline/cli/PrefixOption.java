package dev.millrace.pipeline.cli;

import dev.millrace.schemas.Topics;
import picocli.CommandLine.Option;

/** Names of the topics. */
public final class PrefixOption {
  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      defaultValue = "millrace",
      description = "First part of every topic's name. Default: ${DEFAULT-VALUE}.")
  private String prefix = "millrace";

  /**
   * The topics.
   *
   * @throws IllegalArgumentException if the prefix is not one
   */
  public Topics topics() {
    return new Topics(prefix);
  }
}
