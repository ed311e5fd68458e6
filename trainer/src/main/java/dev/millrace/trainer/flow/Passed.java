package dev.millrace.trainer.flow;

import dev.millrace.schemas.stream.Place;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a run has come, and what became of the images on its way.
 *
 * @param first where the run began; null while that is not known
 * @param next where it goes on
 * @param offsets offset to go on reading at, by partition of the topic that is read
 * @param places number of places from the first to the next
 * @param lastEpochImages number of images of the epoch before the next place's; -1 if not known
 * @param trained images trained on
 * @param missing sequences that no tensor came for
 * @param rejected tensors that the trainer wrote to the dead letters
 */
public record Passed(
    @Nullable Place first,
    Place next,
    Map<Integer, Long> offsets,
    long places,
    long lastEpochImages,
    long trained,
    long missing,
    long rejected) {

  /** Copies the map. */
  public Passed {
    offsets = Map.copyOf(offsets);
  }

  /** Whether older records were deleted, so that only the first one read will tell the place. */
  boolean isPlaceUnknown() {
    return first == null
        && trained == 0
        && offsets.values().stream().anyMatch(offset -> offset > 0);
  }
}
