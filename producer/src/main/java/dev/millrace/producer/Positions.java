package dev.millrace.producer;

import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Image;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/**
 * How far each partition of one images topic was published, so that a producer that starts again
 * publishes what is missing there and nothing twice.
 *
 * @param partitions by partition
 */
record Positions(List<Position> partitions) {
  /** The place of an epoch's end behind all its images. */
  static final long END = Long.MAX_VALUE;

  /** Nothing published yet. */
  static final Position NOTHING = new Position(0, -1, -1, "", 0, -1);

  /**
   * A partition's newest record.
   *
   * @param epoch its epoch
   * @param sequence its sequence, or {@link #END} for an epoch's end
   * @param images number of images that the epoch's end gave, or -1
   * @param id the image's id, or empty for an epoch's end
   * @param timestamp when it was sent, in milliseconds since 1970
   * @param offset its offset, or -1 for none
   */
  record Position(int epoch, long sequence, long images, String id, long timestamp, long offset) {
    static Position of(SpecificRecord newest, long timestamp, long offset) {
      return switch (newest) {
        case Image image ->
            new Position(
                image.getEpoch(), image.getSequence(), -1, image.getId(), timestamp, offset);
        case EpochEnd end ->
            new Position(end.getEpoch(), END, end.getImages(), "", timestamp, offset);
        default -> throw new IllegalArgumentException("not of an images topic: " + newest);
      };
    }
  }

  Positions {
    partitions = List.copyOf(partitions);
  }

  /** Those of some partitions. */
  Positions of(List<Integer> some) {
    return new Positions(some.stream().map(partitions::get).toList());
  }

  boolean isPublished(int partition, int epoch, long sequence) {
    Position newest = partitions.get(partition);
    return epoch < newest.epoch || (epoch == newest.epoch && sequence <= newest.sequence);
  }

  /** The first epoch that some partition lacks something of. */
  int firstEpoch() {
    return partitions.stream()
        .mapToInt(p -> p.sequence == END ? p.epoch + 1 : p.epoch)
        .min()
        .orElse(0);
  }

  /** Since when there may be records that follow a partition's newest, in milliseconds. */
  long oldestTimestamp() {
    return partitions.stream().mapToLong(Position::timestamp).min().orElse(0);
  }
}
