package dev.millrace.dashboard.flow;

import dev.millrace.dashboard.flow.FlowView.TopicPartitionName;
import dev.millrace.dashboard.flow.FlowView.Worker;
import dev.millrace.schemas.Progress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.TopicPartition;

/** Who works on which partitions. */
final class Workers {
  private static final Comparator<TopicPartitionName> ORDER =
      Comparator.comparing(TopicPartitionName::topic)
          .thenComparingInt(TopicPartitionName::partition);

  /** Streams' name of a thread: the application's id, a process's id and the thread's number. */
  private static final Pattern THREAD =
      Pattern.compile(".*?([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-StreamThread-(\\d+).*");

  private Workers() {}

  /** The threads of augmenters: each is a member of their group. */
  static List<Worker> augmenters(ConsumerGroupDescription group) {
    List<Worker> workers = new ArrayList<>();
    for (MemberDescription member : group.members()) {
      workers.add(
          new Worker(
              "augmenter",
              id(member),
              host(member),
              sorted(member.assignment().topicPartitions())));
    }
    workers.sort(Comparator.comparing(Worker::id));
    return workers;
  }

  /**
   * The trainers of runs: themselves, for they take partitions without a group; or where a run has
   * several workers the members of their group, who all work on what the run reads.
   *
   * @param groups the runs' groups of workers, by the run's group; those are missing that are not
   *     there
   */
  static List<Worker> trainers(List<Run> training, Map<String, ConsumerGroupDescription> groups) {
    List<Worker> workers = new ArrayList<>();
    for (Run run : training) {
      Progress progress = run.progress();
      if (progress == null) {
        continue;
      }
      List<TopicPartitionName> partitions =
          sorted(
              progress.getPositions().keySet().stream()
                  .filter(p -> p.matches("\\d{1,9}"))
                  .map(p -> new TopicPartition(progress.getTopic(), Integer.parseInt(p)))
                  .toList());
      ConsumerGroupDescription group = groups.get(progress.getGroup());
      if (group == null || group.members().isEmpty()) {
        workers.add(new Worker("trainer", run.name(), null, partitions));
      } else {
        for (MemberDescription member : group.members()) {
          String id = run.name() + " " + member.clientId();
          workers.add(new Worker("trainer", id, host(member), partitions));
        }
      }
    }
    return workers;
  }

  private static String id(MemberDescription member) {
    if (member.groupInstanceId().isPresent()) {
      return member.groupInstanceId().get();
    }
    Matcher thread = THREAD.matcher(member.clientId());
    return thread.matches()
        ? "%s thread %s".formatted(thread.group(1), thread.group(2))
        : member.clientId();
  }

  // Brokers write it as Java does: a slash before the address.
  private static String host(MemberDescription member) {
    return member.host().startsWith("/") ? member.host().substring(1) : member.host();
  }

  private static List<TopicPartitionName> sorted(Collection<TopicPartition> partitions) {
    return partitions.stream()
        .map(partition -> new TopicPartitionName(partition.topic(), partition.partition()))
        .sorted(ORDER)
        .toList();
  }
}
