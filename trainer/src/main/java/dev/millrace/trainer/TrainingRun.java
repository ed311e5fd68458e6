package dev.millrace.trainer;

import dev.millrace.trainer.model.TrainingSession;

/** An open run: its parts, and when its next checkpoint is due. For one thread. */
final class TrainingRun {
  private final TrainerOptions options;
  private final TrainingStart start;
  private final TrainingState state;
  private final TrainingSession session;
  private final MinibatchReader<MinibatchMemory.OfSession> reader;
  private final Evaluator evaluator;
  private final CheckpointWriter checkpoints;
  private final ProgressWriter progress;
  private final MetricsWriter metrics;
  private final RecordSender sender;
  private long checkpointStep;
  private long bytesSinceCheckpoint;

  TrainingRun(
      TrainerOptions options,
      TrainingStart start,
      TrainingState state,
      TrainingSession session,
      MinibatchReader<MinibatchMemory.OfSession> reader,
      Evaluator evaluator,
      CheckpointWriter checkpoints,
      ProgressWriter progress,
      MetricsWriter metrics,
      RecordSender sender) {
    this.options = options;
    this.start = start;
    this.state = state;
    this.session = session;
    this.reader = reader;
    this.evaluator = evaluator;
    this.checkpoints = checkpoints;
    this.progress = progress;
    this.metrics = metrics;
    this.sender = sender;
    this.checkpointStep = start.resumedFromStep();
  }

  /** So many bytes of tensors were used. */
  void read(long bytes) {
    bytesSinceCheckpoint += bytes;
  }

  /** Whether enough steps are done, or bytes used, since the last checkpoint. */
  boolean checkpointDue() {
    long steps = state.step() - checkpointStep;
    return steps > 0
        && (steps >= options.checkpointSteps()
            || bytesSinceCheckpoint >= options.checkpointBytes());
  }

  /** Begins to write a checkpoint. */
  void checkpoint(CheckpointDraft draft) throws InterruptedException {
    // Training goes on in memory: what was measured until here must be as safe as the weights.
    sender.flush();
    checkpoints.write(draft);
    checkpointStep = draft.step();
    bytesSinceCheckpoint = 0;
  }

  /** Publishes what is still to be said. */
  void end(boolean finished) {
    progress.ended(state.step(), state.images(), state.next(), finished);
    sender.flush();
  }

  /** Step of the checkpoint begun last, or gone on from. */
  long checkpointStep() {
    return checkpointStep;
  }

  TrainingStart start() {
    return start;
  }

  TrainingState state() {
    return state;
  }

  TrainingSession session() {
    return session;
  }

  MinibatchReader<MinibatchMemory.OfSession> reader() {
    return reader;
  }

  Evaluator evaluator() {
    return evaluator;
  }

  CheckpointWriter checkpoints() {
    return checkpoints;
  }

  ProgressWriter progress() {
    return progress;
  }

  MetricsWriter metrics() {
    return metrics;
  }
}
