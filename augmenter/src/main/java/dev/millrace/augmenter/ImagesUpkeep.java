package dev.millrace.augmenter;

import dev.millrace.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;

/** What is due about the images topics from time to time: deletes what is done, shows the lag. */
final class ImagesUpkeep {
  private final CommittedOffsets committed;
  private final ImagePurge purge;
  private final boolean purging;
  private final Lag lag;
  private final Supplier<Set<TopicPartition>> assigned;
  private final AugmenterMeters meters;

  /**
   * Prepares the work.
   *
   * @param purging whether images are deleted
   * @param assigned the partitions that this augmenter works on at the moment
   * @param meters show the lag of those
   */
  ImagesUpkeep(
      Admin admin,
      String group,
      Topics topics,
      Tally tally,
      boolean purging,
      Supplier<Set<TopicPartition>> assigned,
      AugmenterMeters meters) {
    this.committed = new CommittedOffsets(admin, group, topics);
    this.purge = new ImagePurge(admin, tally);
    this.purging = purging;
    this.lag = new Lag(admin);
    this.assigned = assigned;
    this.meters = meters;
  }

  /**
   * Does it now.
   *
   * @param unneeded up to where nobody but the augmenters needs the images of a partition
   * @throws ExecutionException if the brokers refuse; another attempt does no harm
   */
  void run(ToLongFunction<TopicPartition> unneeded)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> done = committed.read();
    if (purging) {
      Map<TopicPartition, Long> deletable = new HashMap<>(done);
      deletable.replaceAll(
          (partition, offset) -> Math.min(offset, unneeded.applyAsLong(partition)));
      purge.run(deletable);
    }
    meters.lag(lag.of(assigned.get(), done));
  }
}
