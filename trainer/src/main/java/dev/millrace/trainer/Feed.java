package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/**
 * Where a trainer's tensors come from. Both forms give the same tensors in the same order, so that
 * a run has the same weights by either; but their offsets are of different topics.
 */
public sealed interface Feed {
  /** Name of the entry in a checkpoint's state that tells the feed. */
  String STATE = "feed";

  /** The tensors topic, which augmenters fill. */
  record Tensors() implements Feed {}

  /**
   * The images topic: this process augments by itself.
   *
   * @param makers opens what augments the images of a split; called once for each thread, when the
   *     topics are there
   * @param threads threads that augment, 1 to 1024
   * @param keepImages whether images stay in their topic when a checkpoint covers them
   */
  record Colocated(Function<Split, TensorMaker> makers, int threads, boolean keepImages)
      implements Feed {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if it is left
     */
    public Colocated {
      if (threads < 1 || threads > 1024) {
        throw new IllegalArgumentException(
            "augment-threads must be from 1 to 1024, found " + threads);
      }
    }
  }

  /** The topic that is read. */
  default Topic<SpecificRecord> topic(Topics topics, Split split) {
    return switch (this) {
      case Tensors _ -> topics.tensors(split);
      case Colocated _ -> topics.images(split);
    };
  }

  /** What checkpoints call it. */
  default String text() {
    return switch (this) {
      case Tensors _ -> "tensors";
      case Colocated _ -> "images";
    };
  }

  /** What a checkpoint's feed is called. */
  static String textOf(CheckpointManifest manifest) {
    // Older checkpoints do not tell: there was nothing else.
    return manifest.getState().getOrDefault(STATE, new Tensors().text());
  }

  /** Whether the offsets of a checkpoint are those of an images topic. */
  static boolean isColocated(CheckpointManifest manifest) {
    return !textOf(manifest).equals(new Tensors().text());
  }
}
