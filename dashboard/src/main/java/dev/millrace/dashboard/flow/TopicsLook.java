package dev.millrace.dashboard.flow;

import dev.millrace.dashboard.flow.FlowView.TopicFlow;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;

/** Measures the topics: what they keep, and how fast they grow. For one thread. */
final class TopicsLook {
  /** The brokers go through all their folders for it. */
  private static final long BETWEEN_BYTES_NANOS = Duration.ofSeconds(4).toNanos();

  private final Brokers brokers;
  private final Topics topics;
  private final Map<String, Window> windows = new HashMap<>();
  private Map<TopicPartition, Long> bytes = Map.of();
  private long bytesAt = System.nanoTime() - BETWEEN_BYTES_NANOS;

  TopicsLook(Brokers brokers, Topics topics) {
    this.brokers = brokers;
    this.topics = topics;
  }

  /**
   * Looks once.
   *
   * @param there the topics that are there, by name
   * @param begins first offsets that are kept
   * @param ends last stable offsets
   * @param streams what was seen of images and tensors, by topic
   */
  List<TopicFlow> look(
      Map<String, TopicDescription> there,
      Map<TopicPartition, Long> begins,
      Map<TopicPartition, Long> ends,
      Map<String, SplitView.Seen> streams,
      Problems problems,
      long deadline)
      throws InterruptedException {
    measure(there, problems, deadline);
    List<TopicFlow> flows = new ArrayList<>();
    for (var topic : topics.all()) {
      TopicDescription description = there.get(topic.name());
      if (description != null) {
        SplitView.Seen stream = streams.get(topic.name());
        Long kept =
            stream != null
                ? Long.valueOf(Behind.sum(stream.kept()))
                : topic.partitioned() ? null : offsets(description, begins, ends);
        flows.add(flow(description, kept, stream));
      }
    }
    return flows;
  }

  private void measure(Map<String, TopicDescription> there, Problems problems, long deadline)
      throws InterruptedException {
    long now = System.nanoTime();
    if (now - bytesAt < BETWEEN_BYTES_NANOS && !bytes.isEmpty()) {
      return;
    }
    bytes =
        problems
            .ask("bytes on disk", () -> brokers.bytes(there.values(), deadline))
            .orElse(Map.of());
    bytesAt = now;
    for (TopicDescription topic : there.values()) {
      Long size = size(topic);
      if (size != null) {
        windows.computeIfAbsent(topic.name(), _ -> new Window()).add(now, size);
      }
    }
  }

  private TopicFlow flow(
      TopicDescription topic, @Nullable Long kept, SplitView.@Nullable Seen stream) {
    String name = topic.name().substring(topics.prefix().length() + 1);
    int dot = name.indexOf('.');
    Double images = stream == null ? null : boxed(stream.perSecond());
    return new TopicFlow(
        name,
        topic.name(),
        dot < 0 ? name : name.substring(0, dot),
        topic.partitions().size(),
        size(topic),
        images,
        stream == null ? growth(topic) : images == null ? null : images * stream.imageBytes(),
        kept);
  }

  private @Nullable Long size(TopicDescription topic) {
    long size = 0;
    for (TopicPartitionInfo info : topic.partitions()) {
      Long found = bytes.get(new TopicPartition(topic.name(), info.partition()));
      if (found == null) {
        return null;
      }
      size += found;
    }
    return size;
  }

  // Files that shrink were deleted, or written anew without what is out of date.
  private @Nullable Double growth(TopicDescription topic) {
    Window window = windows.get(topic.name());
    Double grown = window == null ? null : boxed(window.perSecond());
    return grown == null || grown < 0 ? null : grown;
  }

  private static @Nullable Long offsets(
      TopicDescription topic, Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
    long kept = 0;
    for (TopicPartitionInfo info : topic.partitions()) {
      TopicPartition partition = new TopicPartition(topic.name(), info.partition());
      Long begin = begins.get(partition);
      Long end = ends.get(partition);
      if (begin == null || end == null) {
        return null;
      }
      kept += end - begin;
    }
    return kept;
  }

  private static @Nullable Double boxed(OptionalDouble number) {
    return number.isPresent() ? Double.valueOf(number.getAsDouble()) : null;
  }
}
