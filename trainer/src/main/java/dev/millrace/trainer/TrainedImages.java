package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint says of the images behind its weights, for an audit: each sequence from the
 * first place up to the next one was trained on, never came as a tensor, or was rejected.
 *
 * @param firstEpoch epoch of the place where the run began
 * @param firstSequence sequence of that place
 * @param nextEpoch epoch of the place to go on at
 * @param nextSequence sequence of that place
 * @param trained images trained on
 * @param missing sequences that no tensor came for
 * @param rejected tensors that the trainer wrote to the dead letters
 * @param digest the sum of the {@link ImageDigest} of those trained on
 * @param rejectedDigest the sum of that of those rejected
 * @param evaluated validation images of the last evaluation, 0 if there was none
 */
public record TrainedImages(
    int firstEpoch,
    long firstSequence,
    int nextEpoch,
    long nextSequence,
    long trained,
    long missing,
    long rejected,
    long digest,
    long rejectedDigest,
    long evaluated) {

  /**
   * Reads it from a checkpoint's description; empty where that is of a version that did not tell.
   */
  public static Optional<TrainedImages> of(CheckpointManifest manifest) {
    Map<String, String> state = manifest.getState();
    if (!state.containsKey(TrainingState.DIGEST)) {
      return Optional.empty();
    }
    return Optional.of(
        new TrainedImages(
            (int) number(state, TrainingState.FIRST_EPOCH),
            number(state, TrainingState.FIRST_SEQUENCE),
            manifest.getEpoch(),
            manifest.getNextSequence(),
            number(state, "images"),
            number(state, "missing"),
            number(state, "dead_letters"),
            TrainingState.digest(state, TrainingState.DIGEST),
            TrainingState.digest(state, TrainingState.REJECTED_DIGEST),
            number(state, "validation.images")));
  }

  private static long number(Map<String, String> state, String name) {
    return Long.parseLong(state.getOrDefault(name, "0"));
  }
}
