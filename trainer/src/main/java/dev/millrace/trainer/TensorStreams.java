package dev.millrace.trainer;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens a feed's topics at the right place.
 *
 * @param timeout after how long without a record to give up; zero never does
 */
record TensorStreams(
    KafkaClients clients, Admin admin, Topics topics, Feed feed, Duration timeout) {
  Topic<SpecificRecord> topic(Split split) {
    return feed.topic(topics, split);
  }

  /** Partitions of a split. */
  int partitions(Split split) throws InterruptedException {
    return Topics.partitions(admin, topic(split));
  }

  /** First offset that is still there, by partition. */
  SortedMap<Integer, Long> beginning(Split split) throws InterruptedException {
    return FirstOffsets.of(admin, topic(split).name(), partitions(split));
  }

  /**
   * The validation split from its beginning on.
   *
   * @throws BrokenStreamException if it is to be augmented here and some of it was deleted
   */
  TensorSequence validation(TensorCheck check, @Nullable DeadLetterWriter deadLetters)
      throws InterruptedException {
    SortedMap<Integer, Long> begin = beginning(Split.VALIDATION);
    if (feed instanceof Feed.Colocated && begin.values().stream().anyMatch(first -> first > 0)) {
      throw new BrokenStreamException(
          ("Cannot evaluate on the images of topic %s: some were deleted (it begins at %s), by"
                  + " augmenters that have made tensors of them. Start without --colocated, or with"
                  + " --no-evaluation.")
              .formatted(topic(Split.VALIDATION).name(), begin));
    }
    return from(
        List.of(clients.tensors(begin.size())),
        StreamPosition.beginning(begin),
        begin,
        check,
        deadLetters);
  }

  /**
   * A split from a position on, or from where it begins if that is behind it.
   *
   * @param consumers one; or several, for as many threads that fetch their shares of the partitions
   * @param begin first offset that is still there, by partition
   */
  TensorSequence from(
      List<Consumer<String, ByteBuffer>> consumers,
      StreamPosition wanted,
      SortedMap<Integer, Long> begin,
      TensorCheck check,
      @Nullable DeadLetterWriter deadLetters) {
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    boolean tailOnly = false;
    for (int partition : begin.keySet()) {
      long first = begin.getOrDefault(partition, 0L);
      long offset = wanted.offsets().getOrDefault(partition, first);
      boolean atBeginning = wanted.epoch() == 0 && wanted.sequence() == 0;
      tailOnly |= offset < first || (atBeginning && first > 0);
      offsets.put(partition, Math.max(offset, first));
    }
    Topic<SpecificRecord> topic = topic(check.split());
    return new TensorSequence(
        records(consumers, topic.name(), offsets, check),
        topic,
        wanted.withOffsets(offsets),
        tailOnly,
        check,
        deadLetters,
        timeout);
  }

  private static TensorRecords fetcher(
      List<Consumer<String, ByteBuffer>> consumers,
      String topic,
      SortedMap<Integer, Long> offsets) {
    if (consumers.size() == 1) {
      return new PartitionFetcher(consumers.getFirst(), topic, offsets);
    }
    List<SortedMap<Integer, Long>> shares =
        consumers.stream().<SortedMap<Integer, Long>>map(_ -> new TreeMap<>()).toList();
    offsets.forEach(
        (partition, offset) -> shares.get(partition % shares.size()).put(partition, offset));
    List<PartitionFetcher> fetchers = new ArrayList<>();
    for (Consumer<String, ByteBuffer> consumer : consumers) {
      fetchers.add(new PartitionFetcher(consumer, topic, shares.get(fetchers.size())));
    }
    return new ParallelFetcher(fetchers, offsets);
  }

  private TensorRecords records(
      List<Consumer<String, ByteBuffer>> consumers,
      String topic,
      SortedMap<Integer, Long> offsets,
      TensorCheck check) {
    return switch (feed) {
      case Feed.Tensors _ -> fetcher(consumers, topic, offsets);
      case Feed.Colocated colocated ->
          new ColocatedRecords(
              new PartitionFetcher(consumers.getFirst(), topic, offsets), // images are small
              new AugmentingWorkers(
                  () -> colocated.makers().apply(check.split()), colocated.threads()),
              check.bytes());
    };
  }
}
