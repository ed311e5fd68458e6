package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.trainer.model.MinibatchBuffer;
import dev.millrace.trainer.model.Peers;
import dev.millrace.trainer.model.StepResult;
import dev.millrace.trainer.model.TrainingSession;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * Keeps the workers of a group together: before every step they make sure that all have the same
 * minibatch, take the first one's learning rate, and stop if any of them wants to. What is said
 * here is added up over all workers: a number that is the same everywhere gives a multiple of it,
 * and one that only the first says gives itself. A worker without others agrees with itself. For
 * one thread, but for {@link #waits}.
 */
final class Lockstep {
  private static final double BEGIN = 1;
  private static final double STEP = 2;
  private static final double END = 3;
  private static final double NONE = -1;
  private static final long LOW_BITS = 0xffffffffL;
  private static final String ABORTED = "Collective ops is aborted";

  /**
   * What is settled before a step.
   *
   * @param learningRate the first worker's
   * @param stop whether the step is not done, as one of the workers stops
   */
  record Agreement(float learningRate, boolean stop) {}

  private final TrainingSession session;
  private final Peers peers;
  private volatile boolean waits;

  Lockstep(TrainingSession session, Peers peers) {
    this.session = session;
    this.peers = peers;
  }

  /** Whether all are, or may be, waiting for another worker just now. From any thread. */
  boolean waits() {
    return waits;
  }

  /**
   * Waits until all workers are here.
   *
   * @param restored what the first one has restored; any other one says nothing
   * @return step of what the first one has restored and offset of its first chunk, or null
   */
  long @Nullable [] begin(@Nullable CheckpointManifest restored) {
    double step = restored == null ? NONE : restored.getStep();
    double chunk = restored == null ? NONE : restored.getFirstChunkOffset();
    double[] told = settle(new double[] {BEGIN, 0, 0, 0, 0}, step, chunk, false);
    return told[0] == NONE ? null : new long[] {(long) told[0], (long) told[1]};
  }

  /**
   * Settles a step.
   *
   * @param step its number
   * @param learningRate counts where this is the first worker
   * @param stop whether this worker wants to stop
   * @throws OutOfStepException if the workers have not got the same images
   * @throws LostWorkerException if another worker is gone
   */
  Agreement step(long step, Minibatch<?> minibatch, float learningRate, boolean stop) {
    double[] same = {
      STEP,
      step,
      minibatch.images(),
      minibatch.digest() >>> Integer.SIZE,
      minibatch.digest() & LOW_BITS
    };
    double[] told = settle(same, learningRate, 0, stop);
    return new Agreement((float) told[0], told[2] > 0);
  }

  /**
   * Waits until all have come to the same end.
   *
   * @throws LostWorkerException if another worker is gone
   */
  void end(long step) {
    settle(new double[] {END, step, 0, 0, 0}, 0, 0, false);
  }

  /** Trains a step that is settled. */
  StepResult train(MinibatchBuffer buffer, int images, long step, float learningRate) {
    return together(() -> session.train(buffer, images, step, learningRate));
  }

  private double[] settle(double[] same, double told, double alsoTold, boolean stop) {
    double[] own = new double[same.length + 3];
    System.arraycopy(same, 0, own, 0, same.length);
    own[same.length] = peers.first() ? told : 0;
    own[same.length + 1] = peers.first() ? alsoTold : 0;
    own[same.length + 2] = stop ? 1 : 0;
    double[] all = together(() -> session.sum(own));
    for (int i = 0; i < same.length; i++) {
      if (all[i] != same[i] * peers.count()) {
        throw new OutOfStepException(
            ("Cannot train on together: this worker is at step %.0f with %.0f images, and at least"
                    + " one other is at another step or has other images. Start all workers with"
                    + " the same options.")
                .formatted(same[1], same[2]));
      }
    }
    return new double[] {all[same.length], all[same.length + 1], all[same.length + 2]};
  }

  private <T> T together(Supplier<T> work) {
    waits = !peers.alone();
    try {
      return work.get();
    } catch (RuntimeException e) {
      if (peers.alone() || !isOfOthers(e)) {
        throw e;
      }
      throw new LostWorkerException(
          "Cannot train on together: another worker no longer answers", e);
    } finally {
      waits = false;
    }
  }

  // What this worker is to blame for, as too little memory, is of other kinds.
  private static boolean isOfOthers(RuntimeException e) {
    return e instanceof TensorFlowException || String.valueOf(e.getMessage()).contains(ABORTED);
  }
}
