package dev.millrace.dashboard.pictures;

import dev.millrace.schemas.CheckpointManifest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the pictures of a run are.
 *
 * @param checkpoints its newest ones, of each step the one that was written last, the newest first
 * @param mistakesOffset of its newest record of mistakes, or -1
 */
record RunPictures(List<CheckpointManifest> checkpoints, long mistakesOffset) {
  static final RunPictures NONE = new RunPictures(List.of(), -1);

  RunPictures {
    checkpoints = List.copyOf(checkpoints);
  }

  RunPictures with(CheckpointManifest newest, int most) {
    List<CheckpointManifest> all = new ArrayList<>();
    all.add(newest);
    // A run that went back to an earlier checkpoint comes to its steps again.
    checkpoints.stream().filter(old -> old.getStep() != newest.getStep()).forEach(all::add);
    return new RunPictures(all.subList(0, Math.min(most, all.size())), mistakesOffset);
  }

  RunPictures withMistakes(long offset) {
    return new RunPictures(checkpoints, offset);
  }

  /** The checkpoint of a step; null if it is none of the newest. */
  @Nullable CheckpointManifest checkpoint(long step) {
    return checkpoints.stream()
        .filter(manifest -> manifest.getStep() == step)
        .findFirst()
        .orElse(null);
  }
}
