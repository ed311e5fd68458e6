package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows once a checkpoint is committed, in this order: say so, then delete what it covers.
 */
final class Acknowledgement {
  private static final Logger LOG = LoggerFactory.getLogger(Acknowledgement.class);

  private Acknowledgement() {}

  static Consumer<CheckpointManifest> of(
      ProgressWriter progress, Deletion deletion, Consumer<CheckpointManifest> listener) {
    return manifest -> {
      LOG.info(
          "Checkpoint of run {} at step {} committed: {} bytes, SHA-256 {}",
          manifest.getRun(),
          manifest.getStep(),
          manifest.getBytes(),
          manifest.getSha256());
      progress.acknowledged(manifest.getOffsets());
      try {
        deletion.afterCheckpoint(manifest);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the next checkpoint deletes as well
      }
      listener.accept(manifest);
    };
  }
}
