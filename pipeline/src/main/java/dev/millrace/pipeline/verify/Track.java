package dev.millrace.pipeline.verify;

import java.util.ArrayList;
import java.util.List;

/**
 * One partition of one topic as it is read from front to back: how far it went, and what had been
 * deleted before it could be read. Places must grow; what does not is a finding.
 */
final class Track {
  private final String topic;
  private final int partition;
  private final int partitions;
  private final Findings findings;
  private final List<Deletion> deletions = new ArrayList<>();
  private Place head = Place.NOTHING;
  private boolean behindDeletion;
  private boolean deletedAugmented;

  /**
   * Places that were deleted.
   *
   * @param from the first
   * @param to behind the last
   * @param augmented whether the augmenters had done with them when the check began
   */
  private record Deletion(Place from, Place to, boolean augmented) {
    // The part of it that lies in an epoch of so many.
    Runs in(int epoch, long size) {
      if (from.epoch() > epoch || to.epoch() < epoch) {
        return new Runs();
      }
      long first = from.epoch() < epoch ? 0 : from.index();
      return Runs.of(first, to.epoch() > epoch ? size : Math.min(to.index(), size));
    }
  }

  Track(String topic, int partition, int partitions, Findings findings) {
    this.topic = topic;
    this.partition = partition;
    this.partitions = partitions;
    this.findings = findings;
  }

  /**
   * What follows begins at an offset: at first, and again when records were deleted while they were
   * read.
   *
   * @param augmented whether the augmenters had done with what is deleted when the check began
   */
  void begin(long offset, boolean augmented) {
    behindDeletion = offset > 0;
    deletedAugmented = augmented;
  }

  /** The next record's place. */
  void read(Place place, long offset) {
    if (behindDeletion) {
      deletions.add(new Deletion(head.next(), place, deletedAugmented));
      behindDeletion = false;
    }
    if (place.compareTo(head) < 0) {
      findings.add(
          "Out of order: %s is %s, behind %s"
              .formatted(at(offset), describe(place), describe(head)));
    } else {
      head = place;
    }
  }

  /** Whether a later epoch was read. */
  boolean isPast(int epoch) {
    return head.epoch() > epoch;
  }

  /** Whether all that follows the last record read had been deleted. */
  boolean isCutOff() {
    return behindDeletion;
  }

  /** The indexes of an epoch of so many that were read or should have been. */
  Runs passed(int epoch, long size) {
    if (head.epoch() < epoch) {
      return new Runs();
    }
    return Runs.of(0, isPast(epoch) || head.index() == Place.END ? size : head.index() + 1);
  }

  /** The indexes of an epoch of so many that were deleted before others that were read. */
  Runs deleted(int epoch, long size) {
    return deletions.stream().map(d -> d.in(epoch, size)).reduce(new Runs(), Runs::plus);
  }

  /** Those of them that the augmenters had done with when the check began. */
  Runs deletedAugmented(int epoch, long size) {
    Runs deleted =
        deletions.stream()
            .filter(Deletion::augmented)
            .map(d -> d.in(epoch, size))
            .reduce(new Runs(), Runs::plus);
    boolean rest = behindDeletion && deletedAugmented;
    return rest ? deleted.plus(Runs.of(0, size).minus(passed(epoch, size))) : deleted;
  }

  /** Whether a place was deleted before others that were read. */
  boolean isDeleted(Place place) {
    return deletions.stream()
        .anyMatch(d -> d.from.compareTo(place) <= 0 && d.to.compareTo(place) > 0);
  }

  /** Names a record. */
  String at(long offset) {
    return this + "@" + offset;
  }

  /** Names the image, or the end, that belongs in a place. */
  String describe(Place place) {
    return place.index() == Place.END
        ? "the end of epoch " + place.epoch()
        : "sequence %d of epoch %d"
            .formatted(place.index() * partitions + partition, place.epoch());
  }

  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
