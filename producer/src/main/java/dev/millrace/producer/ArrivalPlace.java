package dev.millrace.producer;

import dev.millrace.schemas.Topic;

/**
 * Where the next image of a stream goes.
 *
 * @param epoch its epoch
 * @param sequence its place in that epoch
 */
record ArrivalPlace(int epoch, long sequence) {

  /**
   * The place behind all that there is. What arrived is committed with its images, in all
   * partitions together: so the newest image of each must be the one that the arrivals tell of.
   *
   * @param tail what the arrivals topic tells
   * @throws PublishException if the images topic does not end so, or with an unfinished epoch of a
   *     dataset
   */
  static ArrivalPlace behind(Positions positions, ArrivalTail tail, Topic<?> topic) {
    int first = positions.firstEpoch();
    boolean whole = isWhole(positions, first);
    if (tail.epoch() == first) {
      requireTail(positions, tail, topic);
      return new ArrivalPlace(first, tail.next());
    }
    if (whole && tail.epoch() < first) {
      return new ArrivalPlace(first, 0);
    }
    if (tail.epoch() > first) {
      throw other(
          topic, "epoch %d is not whole, but images of later ones arrived".formatted(first));
    }
    throw new PublishException(
        ("Cannot add to %s: its epoch %d is of a dataset and not published whole; let produce"
                + " --data finish it (--epochs %d), or use another --prefix")
            .formatted(topic, first, first + 1));
  }

  // Every partition ends with the end of the epoch before.
  private static boolean isWhole(Positions positions, int epoch) {
    return positions.partitions().stream().allMatch(newest -> endsBefore(newest, epoch));
  }

  private static boolean endsBefore(Positions.Position newest, int epoch) {
    return epoch == 0
        ? newest.equals(Positions.NOTHING)
        : newest.sequence() == Positions.END && newest.epoch() == epoch - 1;
  }

  private static void requireTail(Positions positions, ArrivalTail tail, Topic<?> topic) {
    for (int p = 0; p < positions.partitions().size(); p++) {
      Positions.Position found = positions.partitions().get(p);
      long expected = tail.newest(p);
      boolean fits =
          expected < 0
              ? endsBefore(found, tail.epoch())
              : found.epoch() == tail.epoch() && found.sequence() == expected;
      if (!fits) {
        throw other(
            topic,
            "partition %d ends with sequence %d of epoch %d, where the arrivals have %d of epoch %d"
                .formatted(p, found.sequence(), found.epoch(), expected, tail.epoch()));
      }
    }
  }

  private static PublishException other(Topic<?> topic, String found) {
    return new PublishException(
        ("Cannot go on publishing to %s: it does not end with what arrived last: %s. Did another"
                + " producer write to it? Use another --prefix")
            .formatted(topic, found));
  }
}
