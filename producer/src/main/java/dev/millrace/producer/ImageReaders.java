package dev.millrace.producer;

import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * How far those who read an images topic have come: the augmenters, as their consumer group has
 * committed, and trainers that augment by themselves, as they say on the progress topic. Not for
 * several threads.
 */
final class ImageReaders implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final Admin admin;
  private final Topics topics;
  private final Split split;
  private final int partitions;
  private final TopicPartition progress;
  private final Consumer<String, Progress> consumer;
  private final Map<String, Progress> trainers = new HashMap<>();

  /**
   * Prepares to look; nothing is asked yet.
   *
   * @param admin stays the caller's to close
   * @param partitions partitions of the split's images topic
   */
  ImageReaders(Admin admin, Map<String, Object> kafka, Topics topics, Split split, int partitions) {
    this.admin = admin;
    this.topics = topics;
    this.split = split;
    this.partitions = partitions;
    this.progress = new TopicPartition(topics.progress().name(), 0);
    this.consumer = CommittedReader.open(kafka, topics.progress());
    consumer.assign(List.of(progress));
    consumer.seekToBeginning(List.of(progress));
  }

  /**
   * The offset behind the last image that the slowest reader is done with, of each partition that
   * any has begun.
   *
   * @throws ExecutionException if the brokers refuse
   */
  Map<TopicPartition, Long> done() throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> done = augmented();
    readProgress();
    for (Progress trainer : trainers.values()) {
      if (!trainer.getFinished() && trainer.getTopic().equals(topics.images(Split.TRAIN).name())) {
        for (int p = 0; p < partitions; p++) {
          done.merge(
              new TopicPartition(topics.images(split).name(), p), position(trainer, p), Math::min);
        }
      }
    }
    return done;
  }

  // They keep the validation images for each evaluation: nobody need wait until they have read
  // them.
  private long position(Progress trainer, int partition) {
    return switch (split) {
      case TRAIN -> trainer.getPositions().getOrDefault(Integer.toString(partition), 0L);
      case VALIDATION -> Long.MAX_VALUE;
    };
  }

  private Map<TopicPartition, Long> augmented() throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> committed = new HashMap<>();
    admin
        .listConsumerGroupOffsets(topics.augmenterGroup())
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach((partition, offset) -> {
          if (offset != null && partition.topic().equals(topics.images(split).name())) {
            committed.put(partition, offset.offset());
          }
        });
    return committed;
  }

  private void readProgress() {
    long end = consumer.endOffsets(List.of(progress)).getOrDefault(progress, 0L);
    while (consumer.position(progress) < end) {
      for (ConsumerRecord<String, Progress> found : consumer.poll(POLL)) {
        if (found.value() == null) {
          trainers.remove(found.key());
        } else {
          trainers.put(found.key(), found.value());
        }
      }
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
