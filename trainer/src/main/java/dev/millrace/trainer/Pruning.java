package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import java.util.List;

/**
 * What pruning removes, or would.
 *
 * @param removed checkpoints whose chunks go, oldest first
 * @param spared older than those that are to be kept, but behind a chunk that is needed: chunks are
 *     deleted from the topic's beginning on
 * @param kept the others
 * @param before offset in the topic of chunks before which everything goes
 */
public record Pruning(
    List<CheckpointManifest> removed,
    List<CheckpointManifest> spared,
    List<CheckpointManifest> kept,
    long before) {
  /** Copies the lists. */
  public Pruning {
    removed = List.copyOf(removed);
    spared = List.copyOf(spared);
    kept = List.copyOf(kept);
  }
}
