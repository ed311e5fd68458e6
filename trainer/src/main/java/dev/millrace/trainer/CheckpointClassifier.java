package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.trainer.model.Classifier;
import dev.millrace.trainer.model.Device;

/**
 * A checkpoint that tells classes.
 *
 * @param manifest its description
 * @param model what its classes are called, and the images that it takes
 * @param classifier its network with its weights
 */
public record CheckpointClassifier(
    CheckpointManifest manifest, ModelDescription model, Classifier classifier)
    implements AutoCloseable {

  static CheckpointClassifier open(
      CheckpointManifest manifest,
      ModelDescription model,
      LoadedCheckpoint loaded,
      Device device,
      int threads,
      boolean tenCrops) {
    try {
      return new CheckpointClassifier(
          manifest,
          model,
          Classifier.open(model.sessionOptions(device, threads), loaded.tensors(), tenCrops));
    } catch (IllegalArgumentException e) {
      throw new UnusableCheckpointException(
          "Cannot use the checkpoint of run %s at step %d"
              .formatted(manifest.getRun(), manifest.getStep()),
          e);
    }
  }

  @Override
  public void close() {
    classifier.close();
  }
}
