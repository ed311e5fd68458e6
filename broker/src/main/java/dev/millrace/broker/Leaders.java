package dev.millrace.broker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * Waits until a broker that has started leads its partitions. One that was killed comes back with
 * partitions that have no leader for a moment. A transaction that ends in that moment, as when its
 * producer comes back too, gets no marker there (Kafka 4.3 takes such a partition for a deleted
 * one), and the next transaction of the same producer would commit what this one has left: records
 * that were taken back would be there, beside those that replace them.
 */
final class Leaders {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(20);

  private Leaders() {}

  /**
   * Waits.
   *
   * @throws IllegalStateException if some partition has no leader for too long
   * @throws ExecutionException if the broker does not answer
   */
  static void await(String bootstrapServers) throws ExecutionException, InterruptedException {
    long begin = System.nanoTime();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      List<String> without = without(admin);
      while (!without.isEmpty()) {
        if (System.nanoTime() - begin > LIMIT.toNanos()) {
          throw new IllegalStateException(
              "these partitions cannot be read after %d s: %s"
                  .formatted(LIMIT.toSeconds(), without));
        }
        Thread.sleep(LOOK);
        without = without(admin);
      }
    }
  }

  private static List<String> without(Admin admin) throws ExecutionException, InterruptedException {
    Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
    return admin.describeTopics(topics).allTopicNames().get().values().stream()
        .flatMap(topic ->
            topic.partitions().stream()
                .filter(partition -> !hasLeader(partition))
                .map(partition -> topic.name() + "-" + partition.partition()))
        .toList();
  }

  private static boolean hasLeader(TopicPartitionInfo partition) {
    return partition.leader() != null && !partition.leader().isEmpty();
  }
}
