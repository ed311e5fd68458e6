package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;

/** Whether a run may go on from a checkpoint by the feed that it is given. */
final class FeedCheck {
  private FeedCheck() {}

  /**
   * Checks that the checkpoint's offsets are of the topic that will be read. Those of the other
   * topic cannot be translated: augmenters delete images long before they are trained on, and a
   * colocated run leaves no tensors behind.
   *
   * @throws ResumeException if they are not, saying what to do
   */
  static void check(CheckpointManifest manifest, Feed feed) {
    String kept = Feed.textOf(manifest);
    if (!kept.equals(feed.text())) {
      throw new ResumeException(
          ("Cannot resume run %s from its checkpoint at step %d: its offsets are of the %s topic,"
                  + " and this trainer reads the %s topic. Start it %s --colocated, or begin another"
                  + " run by another run name.")
              .formatted(
                  manifest.getRun(),
                  manifest.getStep(),
                  kept,
                  feed.text(),
                  Feed.isColocated(manifest) ? "with" : "without"));
    }
  }
}
