package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes summaries of runs. */
final class Summaries {
  private Summaries() {}

  static TrainingSummary of(
      String run, TrainingState state, Speed.Measured speed, long checkpointStep, boolean stopped) {
    return new TrainingSummary(
        run,
        state.step(),
        state.next().epoch(),
        state.images(),
        state.passedOver().missing(),
        state.passedOver().deadLetters(),
        state.evaluation(),
        speed.imagesPerSecond(),
        speed.dataWaitShare(),
        checkpointStep,
        stopped,
        false);
  }

  /** A run that had reached its goal before. */
  static TrainingSummary finishedBefore(CheckpointManifest manifest) {
    TrainingState state =
        TrainingState.restore(new LearningRate(1, new LearningRateSchedule.Constant()), manifest);
    return new TrainingSummary(
        manifest.getRun(),
        state.step(),
        state.next().epoch(),
        state.images(),
        state.passedOver().missing(),
        state.passedOver().deadLetters(),
        state.evaluation(),
        0,
        0,
        manifest.getStep(),
        false,
        true);
  }

  /** A run that was stopped before its first tensor came. */
  static TrainingSummary notBegun(String run) {
    SortedMap<Integer, Long> nowhere = new TreeMap<>();
    TrainingState state =
        new TrainingState(
            new LearningRate(1, new LearningRateSchedule.Constant()),
            StreamPosition.beginning(nowhere));
    return of(run, state, new Speed.Measured(0, 0), 0, true);
  }
}
