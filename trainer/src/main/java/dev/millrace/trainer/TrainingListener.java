package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.trainer.flow.Verdict;

/**
 * Told what happens in a run. Called on the training thread, but for {@link #onCheckpoint}, which
 * the thread that writes checkpoints calls; training waits until a method returns.
 */
public interface TrainingListener {
  /** Takes no notice of anything. */
  TrainingListener NONE = new TrainingListener() {};

  /** Training begins, or goes on from a checkpoint. */
  default void onStart(TrainingStart start) {}

  /** A step is done. */
  default void onStep(StepReport step) {}

  /**
   * Training waits for data, for another reason than before, or does so no longer. Called every ten
   * seconds at most.
   */
  default void onVerdict(Verdict verdict) {}

  /** The network was evaluated. */
  default void onEvaluation(Evaluation evaluation) {}

  /** A checkpoint is committed. */
  default void onCheckpoint(CheckpointManifest checkpoint) {}
}
