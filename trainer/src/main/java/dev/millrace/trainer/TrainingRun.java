package dev.millrace.trainer;

import dev.millrace.trainer.flow.FlowWatch;
import dev.millrace.trainer.model.TrainingSession;

/** An open run: its parts, and when its next checkpoint is due. For one thread. */
final class TrainingRun {
  /** Early, so that brokers that do not take checkpoints are found out before hours are lost. */
  private static final long FIRST_CHECKPOINT_STEPS = 10;

  private final TrainerOptions options;
  private final TrainingStart start;
  private final TrainingState state;
  private final TrainingSession session;
  private final Lockstep lockstep;
  private final MinibatchReader<MinibatchMemory.OfSession> reader;
  private final Evaluator evaluator;
  private final CheckpointWriter checkpoints;
  private final ProgressWriter progress;
  private final MetricsWriter metrics;
  private final FlowWatch flow;
  private final RecordSender sender;
  private final PendingLetters letters = new PendingLetters();
  private long checkpointStep;
  private long bytesSinceCheckpoint;
  private long checkpointedAt = System.nanoTime();
  private boolean checkpointed;

  TrainingRun(
      TrainerOptions options,
      TrainingStart start,
      TrainingState state,
      TrainingSession session,
      Lockstep lockstep,
      MinibatchReader<MinibatchMemory.OfSession> reader,
      Evaluator evaluator,
      CheckpointWriter checkpoints,
      ProgressWriter progress,
      MetricsWriter metrics,
      FlowWatch flow,
      RecordSender sender) {
    this.options = options;
    this.start = start;
    this.state = state;
    this.session = session;
    this.lockstep = lockstep;
    this.reader = reader;
    this.evaluator = evaluator;
    this.checkpoints = checkpoints;
    this.progress = progress;
    this.metrics = metrics;
    this.flow = flow;
    this.sender = sender;
    this.checkpointStep = start.resumedFromStep();
  }

  /** A minibatch was used, and the state is behind it. */
  void read(Minibatch<?> minibatch) {
    bytesSinceCheckpoint += minibatch.bytesRead();
    letters.addAll(minibatch.letters());
    flow.lettersKept(minibatch.letters());
    flow.moved(state.passed());
  }

  /** Dead letters that the next checkpoint is to publish. */
  PendingLetters letters() {
    return letters;
  }

  /** Whether enough steps are done, bytes used or time gone by since the last checkpoint. */
  boolean checkpointDue() {
    long steps = state.step() - checkpointStep;
    return steps > 0
        && (steps >= options.checkpointSteps()
            || bytesSinceCheckpoint >= options.checkpointBytes()
            || (steps >= FIRST_CHECKPOINT_STEPS && !checkpointed)
            || letters.areMany()
            || intervalOver());
  }

  private boolean intervalOver() {
    long interval = options.checkpointInterval().toNanos();
    return interval > 0 && System.nanoTime() - checkpointedAt >= interval;
  }

  /** Begins to write a checkpoint. */
  void checkpoint(CheckpointDraft draft) throws InterruptedException {
    // Training goes on in memory: what was measured until here must be as safe as the weights.
    sender.flush();
    checkpoints.write(draft);
    checkpointStep = draft.step();
    bytesSinceCheckpoint = 0;
    checkpointedAt = System.nanoTime();
    checkpointed = true;
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

  Lockstep lockstep() {
    return lockstep;
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

  FlowWatch flow() {
    return flow;
  }
}
