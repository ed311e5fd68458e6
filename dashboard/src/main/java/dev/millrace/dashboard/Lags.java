package dev.millrace.dashboard;

import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** How far the services are behind: augmenters by their group's offsets, trainers by progress. */
final class Lags {
  private final Admin admin;
  private final Topics topics;
  private final Gauges gauges;

  Lags(Admin admin, Topics topics, Gauges gauges) {
    this.admin = admin;
    this.topics = topics;
    this.gauges = gauges;
  }

  /**
   * Looks again.
   *
   * @throws KafkaException if the brokers do not answer
   */
  void update(Collection<Progress> trainers) throws InterruptedException {
    String images = topics.images(Split.TRAIN).name();
    String tensors = topics.tensors(Split.TRAIN).name();
    TopicPartition deadLetters = new TopicPartition(topics.deadLetters().name(), 0);
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (String topic : List.of(images, tensors)) {
      for (int p = 0; p < partitions(topic); p++) {
        wanted.put(new TopicPartition(topic, p), OffsetSpec.latest());
      }
    }
    wanted.put(deadLetters, OffsetSpec.latest());
    Map<TopicPartition, Long> ends = offsets(wanted);
    Map<TopicPartition, Long> done = augmented();
    // Where trainers augment by themselves there need not be any augmenters.
    boolean colocated = trainers.stream().anyMatch(trainer -> trainer.getTopic().equals(images));
    ends.forEach((partition, end) -> {
      if (partition.topic().equals(images) && (!colocated || done.containsKey(partition))) {
        long lag = end - done.getOrDefault(partition, 0L);
        gauges.lag("augmenter", images, partition.partition(), lag);
      }
      trainers.stream()
          .filter(trainer -> trainer.getTopic().equals(partition.topic()))
          .forEach(trainer -> trainer(trainer, partition, end));
    });
    long first = offsets(Map.of(deadLetters, OffsetSpec.earliest())).getOrDefault(deadLetters, 0L);
    gauges.deadLetters(ends.getOrDefault(deadLetters, first) - first);
  }

  private void trainer(Progress trainer, TopicPartition partition, long end) {
    Long position = trainer.getPositions().get(Integer.toString(partition.partition()));
    if (!trainer.getFinished() && position != null) {
      gauges.lag(
          "trainer-" + trainer.getRun(),
          partition.topic(),
          partition.partition(),
          Math.max(0, end - position));
    }
  }

  private int partitions(String topic) throws InterruptedException {
    return answer(admin.describeTopics(List.of(topic)).allTopicNames())
        .values()
        .iterator()
        .next()
        .partitions()
        .size();
  }

  private Map<TopicPartition, Long> augmented() throws InterruptedException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> committed =
        answer(
            admin
                .listConsumerGroupOffsets(topics.augmenterGroup())
                .partitionsToOffsetAndMetadata());
    committed.forEach((partition, offset) -> {
      if (offset != null) {
        offsets.put(partition, offset.offset());
      }
    });
    return offsets;
  }

  private Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetSpec> wanted)
      throws InterruptedException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    Map<TopicPartition, ListOffsetsResultInfo> found = answer(admin.listOffsets(wanted).all());
    found.forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }

  private static <T> T answer(KafkaFuture<T> asked) throws InterruptedException {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
  }
}
