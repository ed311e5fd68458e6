package dev.millrace.augmenter;

import dev.millrace.schemas.ImageRetention;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/**
 * Deletes images whose tensors are committed, but not from topics that keep them. The newest record
 * of every partition stays, whatever became of it: the producer reads there where to go on. What is
 * newest the stream threads know; the last offsets may be those of a transaction's marker, or of
 * records that were taken back.
 */
final class ImagePurge {
  private final Admin admin;
  private final Tally tally;
  private final Map<TopicPartition, Long> deleted = new HashMap<>();

  ImagePurge(Admin admin, Tally tally) {
    this.admin = admin;
    this.tally = tally;
  }

  /**
   * Deletes what can be deleted now. Several augmenters may do so at the same time.
   *
   * @param committed up to where the augmenters are done with the images
   * @throws ExecutionException if the brokers refuse; another attempt does no harm
   */
  void run(Map<TopicPartition, Long> committed) throws ExecutionException, InterruptedException {
    Map<TopicPartition, RecordsToDelete> done = new HashMap<>();
    Map<TopicPartition, Long> before = new HashMap<>();
    committed.forEach((partition, offset) -> {
      long first = Math.min(offset, tally.newest(partition));
      if (first > deleted.getOrDefault(partition, 0L)) {
        done.put(partition, RecordsToDelete.beforeOffset(first));
        before.put(partition, first);
      }
    });
    if (!done.isEmpty()) {
      // Looked up each time, as it can be altered while augmenters run.
      Set<String> purged = ImageRetention.purged(admin, topics(done.keySet()));
      done.keySet().removeIf(partition -> !purged.contains(partition.topic()));
      before.keySet().retainAll(done.keySet());
    }
    if (!done.isEmpty()) {
      admin.deleteRecords(done).all().get();
      deleted.putAll(before);
    }
  }

  private static Set<String> topics(Set<TopicPartition> partitions) {
    return partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
  }
}
