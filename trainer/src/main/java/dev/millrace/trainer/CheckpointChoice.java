package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which of a run's checkpoints is meant. */
public sealed interface CheckpointChoice {
  /** The last one that was committed. */
  record Latest() implements CheckpointChoice {
    @Override
    public String toString() {
      return "latest";
    }
  }

  /**
   * The one whose newest evaluation found the least top-1 error, by loss where that is equal; where
   * several have the same evaluation, the one nearest behind it.
   */
  record Best() implements CheckpointChoice {
    @Override
    public String toString() {
      return "best";
    }
  }

  /** The last one of a step. */
  record AtStep(long step) implements CheckpointChoice {
    @Override
    public String toString() {
      return Long.toString(step);
    }
  }

  /**
   * Reads a choice: {@code latest}, {@code best} or a step.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  static CheckpointChoice parse(String text) {
    if (text.equals("latest")) {
      return new Latest();
    }
    if (text.equals("best")) {
      return new Best();
    }
    try {
      return new AtStep(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "a checkpoint is latest, best or a step, found \"%s\"".formatted(text), e);
    }
  }

  /** The one that is meant of some, the newest first. */
  default Optional<CheckpointManifest> of(List<CheckpointManifest> newestFirst) {
    return switch (this) {
      case Latest _ -> newestFirst.stream().findFirst();
      case AtStep(long step) ->
          newestFirst.stream().filter(manifest -> manifest.getStep() == step).findFirst();
      case Best _ ->
          newestFirst.stream()
              .filter(manifest -> TrainingState.evaluation(manifest.getState()) != null)
              .min(
                  Comparator.comparingDouble(CheckpointChoice::top1Error)
                      .thenComparingDouble(CheckpointChoice::loss)
                      .thenComparingLong(CheckpointManifest::getStep));
    };
  }

  private static double top1Error(CheckpointManifest manifest) {
    Evaluation evaluation = TrainingState.evaluation(manifest.getState());
    return evaluation == null ? Double.MAX_VALUE : evaluation.top1Error();
  }

  private static double loss(CheckpointManifest manifest) {
    Evaluation evaluation = TrainingState.evaluation(manifest.getState());
    return evaluation == null ? Double.MAX_VALUE : evaluation.loss();
  }
}
