package dev.millrace.pipeline.verify;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Split;
import dev.millrace.trainer.Feed;
import dev.millrace.trainer.TrainedImages;
import java.util.List;
import java.util.Optional;

/**
 * What trainers that augment by themselves have made of a split's images, by the newest checkpoints
 * of their runs: all before a place in the training images' order; all validation images once they
 * were evaluated on.
 *
 * @param epoch the furthest place's epoch
 * @param sequence its sequence
 * @param severalReaders whether more than one has read the images, augmenters counted, so that a
 *     bad image has several dead letters
 */
record Colocated(int epoch, long sequence, boolean severalReaders) {
  /** There are none. */
  static final Colocated NONE = new Colocated(0, 0, false);

  /** Those of the runs whose newest checkpoints are these. */
  static Colocated of(List<CheckpointManifest> newest, Split split, boolean augmenters) {
    List<CheckpointManifest> runs = newest.stream().filter(Feed::isColocated).toList();
    boolean several = runs.size() + (augmenters ? 1 : 0) > 1;
    return runs.stream()
        .map(run -> place(run, split))
        .reduce((one, other) -> one.compareTo(other) < 0 ? other : one)
        .map(place -> new Colocated(place.epoch(), place.index(), several))
        .orElse(NONE);
  }

  // The index is a sequence here.
  private static Place place(CheckpointManifest run, Split split) {
    return switch (split) {
      case TRAIN -> new Place(run.getEpoch(), run.getNextSequence());
      case VALIDATION -> {
        Optional<TrainedImages> images = TrainedImages.of(run);
        yield new Place(images.isPresent() && images.get().evaluated() > 0 ? 1 : 0, 0);
      }
    };
  }

  /** One partition's part of it. */
  Part in(int partition, int partitions) {
    return new Part(epoch, Math.max(0, (sequence - partition + partitions - 1) / partitions));
  }

  /**
   * What lies before a place in one partition.
   *
   * @param epoch the place's epoch
   * @param index how many of its sequences the partition has before the place
   */
  record Part(int epoch, long index) {
    /** The indexes of an epoch of so many that lie before the place. */
    Runs passed(int of, long size) {
      if (of > epoch) {
        return new Runs();
      }
      return Runs.of(0, of < epoch ? size : Math.min(index, size));
    }
  }
}
