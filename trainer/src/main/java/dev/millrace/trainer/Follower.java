package dev.millrace.trainer;

import dev.millrace.trainer.model.StepResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A worker that is not the first of its group: it makes the steps that the first one makes, on its
 * part of every minibatch, and publishes nothing. For one thread.
 */
final class Follower {
  private static final Duration LOOK = Duration.ofMillis(100);

  private final TrainerOptions options;
  private final TrainingStart start;
  private final TrainingState state;
  private final Lockstep lockstep;
  private final MinibatchReader<MinibatchMemory.OfSession> reader;
  private final StopRequest stop;
  private final TrainingListener listener;
  private final Speed speed = new Speed();

  Follower(
      TrainerOptions options,
      TrainingStart start,
      TrainingState state,
      Lockstep lockstep,
      MinibatchReader<MinibatchMemory.OfSession> reader,
      StopRequest stop,
      TrainingListener listener) {
    this.options = options;
    this.start = start;
    this.state = state;
    this.lockstep = lockstep;
    this.reader = reader;
    this.stop = stop;
    this.listener = listener;
  }

  /**
   * Trains until the group ends or this worker leaves it.
   *
   * @throws LostWorkerException if another worker is gone
   */
  TrainingSummary run() throws InterruptedException {
    listener.onStart(start);
    speed.restart();
    boolean together = true;
    while (together && !goalReached()) {
      Minibatch<MinibatchMemory.OfSession> minibatch = take();
      if (minibatch == null) {
        together = false;
      } else if (minibatch.images() > 0 && !step(minibatch)) {
        break;
      } else {
        state.advance(minibatch);
        reader.recycle(minibatch);
      }
    }
    if (together) {
      lockstep.end(state.step()); // the first one has published all there is by then
    }
    return Summaries.of(
        options.run(), state, speed.total(), start.resumedFromStep(), !goalReached());
  }

  private boolean goalReached() {
    return options.goal().reached(state.step(), state.next().epoch());
  }

  // Null if this worker leaves before one is full.
  private @Nullable Minibatch<MinibatchMemory.OfSession> take() throws InterruptedException {
    long begin = System.nanoTime();
    Minibatch<MinibatchMemory.OfSession> minibatch = null;
    while (minibatch == null && !stop.leaves()) {
      minibatch = reader.take(LOOK);
    }
    speed.waited(System.nanoTime() - begin);
    return minibatch;
  }

  // False if the group stops instead.
  private boolean step(Minibatch<MinibatchMemory.OfSession> minibatch) {
    long step = state.step() + 1;
    int images = minibatch.images();
    Lockstep.Agreement agreed = lockstep.step(step, minibatch, 0, stop.made());
    if (agreed.stop()) {
      return false;
    }
    StepResult result =
        lockstep.train(minibatch.memory().buffer(), images, step, agreed.learningRate());
    Speed.Measured measured = speed.step(images);
    if (!Float.isFinite(result.loss())) {
      throw new DivergedException(
          step, result.loss(), agreed.learningRate(), start.resumedFromStep());
    }
    listener.onStep(
        StepReport.of(options, state, step, minibatch, result, agreed.learningRate(), measured));
    return true;
  }
}
