package dev.millrace.trainer;

import dev.millrace.schemas.Topics;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Evaluates the newest checkpoint of a run; writes nothing, and does not disturb its training. */
public final class CheckpointEvaluation {
  private final TrainerOptions options;
  private final Feed feed;
  private final Topics topics;
  private final Map<String, Object> kafka;
  private final InstantSource clock;

  /**
   * Prepares an evaluation.
   *
   * @param options the run, its model, and where to compute; goals and schedules do not matter
   * @param feed where the validation tensors come from, whatever the run is trained by
   * @param kafka the user's client properties, with bootstrap.servers
   */
  public CheckpointEvaluation(
      TrainerOptions options,
      Feed feed,
      Topics topics,
      Map<String, Object> kafka,
      InstantSource clock) {
    this.options = options;
    this.feed = feed;
    this.topics = topics;
    this.kafka = Map.copyOf(kafka);
    this.clock = clock;
  }

  /**
   * Restores and evaluates.
   *
   * @param stop asked from time to time whether to give up
   * @return null if the validation split has no images, or it was given up
   * @throws ResumeException if the run has no checkpoint, or one of another model or class list
   * @throws InterruptedException if the thread is interrupted
   */
  public @Nullable Evaluation run(BooleanSupplier stop) throws InterruptedException {
    try (TrainingSetup setup = new TrainingSetup(options, feed, topics, kafka, clock, stop)) {
      return setup.evaluateNewest();
    }
  }

  static ResumeException noCheckpoint(String run) {
    return new ResumeException(
        "Cannot evaluate run %s: it has no checkpoint. Train it first, or look at the list of checkpoints for its name."
            .formatted(run));
  }
}
