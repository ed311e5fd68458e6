package dev.millrace.dashboard.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the brokers. Every question ends at the deadline, given as {@link System#nanoTime} has it,
 * in a {@link TimeoutException} of Kafka's; another {@link KafkaException} is the brokers' answer.
 */
final class Brokers {
  private final Admin admin;

  Brokers(Admin admin) {
    this.admin = admin;
  }

  /**
   * Describes topics.
   *
   * @param problems is told of those that may not be seen
   * @return by name; those are missing that are not there, or may not be seen
   */
  Map<String, TopicDescription> topics(Collection<String> names, Problems problems, long deadline)
      throws InterruptedException {
    Map<String, TopicDescription> found = new HashMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> asked :
        admin.describeTopics(names).topicNameValues().entrySet()) {
      try {
        found.put(asked.getKey(), answer(asked.getValue(), deadline));
      } catch (UnknownTopicOrPartitionException e) {
        problems.missing(asked.getKey());
      } catch (AuthorizationException e) {
        problems.add("topic " + asked.getKey(), e);
      }
    }
    return found;
  }

  /** First offsets that are kept, or last stable offsets. */
  Map<TopicPartition, Long> offsets(Set<TopicPartition> partitions, OffsetSpec spec, long deadline)
      throws InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(partition -> wanted.put(partition, spec));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    answer(
            admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all(),
            deadline)
        .forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }

  /** What the leaders of these topics' partitions have on their disks. */
  Map<TopicPartition, Long> bytes(Collection<TopicDescription> topics, long deadline)
      throws InterruptedException {
    Map<TopicPartition, Integer> leaders = new HashMap<>();
    for (TopicDescription topic : topics) {
      for (TopicPartitionInfo info : topic.partitions()) {
        Node leader = info.leader();
        if (leader != null && !leader.isEmpty()) {
          leaders.put(new TopicPartition(topic.name(), info.partition()), leader.id());
        }
      }
    }
    Map<TopicPartition, Long> bytes = new HashMap<>();
    Map<Integer, Map<String, LogDirDescription>> found =
        answer(admin.describeLogDirs(Set.copyOf(leaders.values())).allDescriptions(), deadline);
    found.forEach((broker, folders) -> {
      for (LogDirDescription folder : folders.values()) {
        folder
            .replicaInfos()
            .forEach((partition, replica) -> {
              if (!replica.isFuture() && Objects.equals(leaders.get(partition), broker)) {
                bytes.put(partition, replica.size());
              }
            });
      }
    });
    return bytes;
  }

  /** Where a group goes on; of a group that is not there, nothing. */
  Map<TopicPartition, Long> committed(String group, long deadline) throws InterruptedException {
    Map<TopicPartition, Long> committed = new HashMap<>();
    try {
      answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(), deadline)
          .forEach((partition, offset) -> {
            if (offset != null) {
              committed.put(partition, offset.offset());
            }
          });
    } catch (GroupIdNotFoundException e) {
      return Map.of(); // it has never begun
    }
    return committed;
  }

  /** Describes groups; those that are not there are missing. */
  List<ConsumerGroupDescription> groups(Collection<String> names, long deadline)
      throws InterruptedException {
    List<ConsumerGroupDescription> found = new ArrayList<>();
    for (KafkaFuture<ConsumerGroupDescription> asked :
        admin.describeConsumerGroups(names).describedGroups().values()) {
      @Nullable ConsumerGroupDescription group = group(asked, deadline);
      if (group != null) {
        found.add(group);
      }
    }
    return found;
  }

  private static @Nullable ConsumerGroupDescription group(
      KafkaFuture<ConsumerGroupDescription> asked, long deadline) throws InterruptedException {
    try {
      return answer(asked, deadline);
    } catch (GroupIdNotFoundException e) {
      return null;
    }
  }

  /** All partitions of topics. */
  static Set<TopicPartition> partitions(Collection<TopicDescription> topics) {
    return topics.stream()
        .flatMap(topic ->
            topic.partitions().stream()
                .map(info -> new TopicPartition(topic.name(), info.partition())))
        .collect(Collectors.toSet());
  }

  private static <T> T answer(KafkaFuture<T> asked, long deadline) throws InterruptedException {
    try {
      long left = Math.max(1, deadline - System.nanoTime());
      return asked.get(left, TimeUnit.NANOSECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException("the brokers did not answer in time", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
  }

  /** The time by which questions that begin now are to be answered. */
  static long deadline(Duration most) {
    return System.nanoTime() + most.toNanos();
  }
}
