package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.trainer.model.TrainingSession;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a run's checkpoints and restores the newest that is whole. For one thread. */
final class Restoration {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final TrainingContext context;

  Restoration(TrainingContext context) {
    this.context = context;
  }

  /**
   * Where a run goes on.
   *
   * @param state what is trained by now
   * @param manifest of the checkpoint, null where the run begins
   */
  record Restored(TrainingState state, @Nullable CheckpointManifest manifest) {}

  /** The run's available checkpoints. */
  List<CheckpointManifest> newestFirst() throws InterruptedException {
    try (CheckpointCatalog catalog =
        new CheckpointCatalog(context.admin(), context.clients().reader(), context.topics())) {
      return catalog.newestFirst(context.options().run());
    }
  }

  /**
   * The checkpoint that the first worker goes on from: brokers may not show at once what that one
   * has just seen.
   *
   * @param place step and offset of its first chunk, or null where the first worker begins
   * @return it alone, or nothing where the first worker begins
   * @throws ResumeException if it does not come
   */
  List<CheckpointManifest> await(long @Nullable [] place) throws InterruptedException {
    if (place == null) {
      return List.of();
    }
    long begin = System.nanoTime();
    while (true) {
      List<CheckpointManifest> found =
          newestFirst().stream()
              .filter(m -> m.getStep() == place[0] && m.getFirstChunkOffset() == place[1])
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new ResumeException(
            ("Cannot begin where the first worker does: it goes on from a checkpoint of step %d, and"
                    + " topic %s shows none of that step here. Start all workers with the same"
                    + " brokers, prefix and run name.")
                .formatted(place[0], context.topics().checkpoints().name()));
      }
      Thread.sleep(LOOK);
    }
  }

  /**
   * Refuses to train on from the newest one if it is of other settings.
   *
   * @throws ResumeException naming the difference
   */
  void check(List<CheckpointManifest> newestFirst, Startup.Classes classes, MeanInUse mean) {
    newestFirst.stream()
        .limit(1)
        .forEach(newest -> {
          ResumeCheck.check(newest, context.options(), classes, mean.statistics());
          FeedCheck.check(newest, context.feed());
        });
  }

  /**
   * Restores the first that is whole into a session, or nothing where there is none.
   *
   * @throws ResumeException if there are some, and none is whole
   */
  Restored restore(TrainingSession session, List<CheckpointManifest> newestFirst) {
    try (CheckpointReader reader =
            new CheckpointReader(context.clients().reader(), context.topics());
        LoadedCheckpoint loaded = reader.load(newestFirst)) {
      if (loaded == null) {
        return new Restored(new TrainingState(learningRate(), StreamPosition.NOWHERE), null);
      }
      ResumeCheck.warnOfOtherBits(loaded.manifest(), session.environment());
      session.restore(loaded.tensors());
      return new Restored(state(loaded.manifest()), loaded.manifest());
    }
  }

  /** What a checkpoint says of the run, without its weights. */
  TrainingState state(CheckpointManifest manifest) {
    return TrainingState.restore(learningRate(), manifest);
  }

  private LearningRate learningRate() {
    return new LearningRate(context.options().learningRate(), context.options().schedule());
  }
}
