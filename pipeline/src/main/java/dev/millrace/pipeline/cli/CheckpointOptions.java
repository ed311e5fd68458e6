package dev.millrace.pipeline.cli;

import dev.millrace.trainer.CheckpointChoice;
import picocli.CommandLine.Option;

/** Which checkpoint of which run. */
public final class CheckpointOptions {
  @Option(
      names = "--run",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "Name of the training run. Default: ${DEFAULT-VALUE}.")
  private String run = "default";

  @Option(
      names = "--checkpoint",
      paramLabel = "CHOICE",
      defaultValue = "latest",
      description =
          "Which of its checkpoints: latest, a step, or best (the least top-1 error on the validation"
              + " images). Default: ${DEFAULT-VALUE}.")
  private String checkpoint = "latest";

  /** The run. */
  public String run() {
    return run;
  }

  /**
   * The choice.
   *
   * @throws IllegalArgumentException if it is none
   */
  public CheckpointChoice choice() {
    try {
      return CheckpointChoice.parse(checkpoint);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--checkpoint: " + e.getMessage(), e);
    }
  }
}
