package dev.millrace.producer;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Reads the committed records of an images topic as the augmenters would. */
final class ImageReader implements AutoCloseable {
  private final Consumer<String, SpecificRecord> consumer;
  private final Admin admin;
  private final String group;
  private final TestBroker broker;
  private final Topics topics;
  private final List<List<String>> seen = new ArrayList<>();
  private final List<Image> images = new ArrayList<>();
  private int epochEnds;

  ImageReader(TestBroker broker, Topics topics, Split split, int partitions) {
    Topic<SpecificRecord> topic = topics.images(split);
    consumer = broker.reader(topic, partitions);
    admin = broker.admin();
    this.broker = broker;
    this.topics = topics;
    group = topics.prefix() + "-augmenter";
    for (int p = 0; p < partitions; p++) {
      seen.add(new ArrayList<>());
    }
  }

  /** Reads what there is; waits a little when there is nothing. */
  ImageReader poll() {
    for (ConsumerRecord<String, SpecificRecord> record : consumer.poll(Duration.ofMillis(20))) {
      switch (record.value()) {
        case Image image -> {
          seen.get(record.partition())
              .add("%d:%d %s".formatted(image.getEpoch(), image.getSequence(), image.getId()));
          images.add(image);
        }
        case EpochEnd end -> {
          seen.get(record.partition()).add("%d:end %d".formatted(end.getEpoch(), end.getImages()));
          epochEnds++;
        }
        default -> throw new AssertionError("Not an image: " + record.value());
      }
    }
    return this;
  }

  /** Reads all that is committed now. */
  ImageReader pollAll() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      poll();
    }
    return this;
  }

  /** Commits what was read in the augmenters' name, as they do when they are done with it. */
  ImageReader acknowledge() throws Exception {
    Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      done.put(partition, new OffsetAndMetadata(consumer.position(partition)));
    }
    admin.alterConsumerGroupOffsets(group, done).all().get();
    return this;
  }

  /** Says so as a trainer does that augments by itself. */
  ImageReader progress(boolean finished) throws Exception {
    Map<String, Long> positions = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      positions.put(Integer.toString(partition.partition()), consumer.position(partition));
    }
    Progress progress =
        Progress.newBuilder()
            .setGroup("trainer")
            .setRun("colocated")
            .setTopic(topics.images(Split.TRAIN).name())
            .setFinished(finished)
            .setStep(1)
            .setEpoch(0)
            .setNextSequence(1)
            .setImages(1)
            .setPositions(positions)
            .setAcknowledged(Map.of())
            .setTime(Instant.EPOCH)
            .build();
    broker.send(topics.progress(), "trainer", progress);
    return this;
  }

  List<Image> images() {
    return images;
  }

  int epochEnds() {
    return epochEnds;
  }

  /** What was read, as texts EPOCH:SEQUENCE ID and EPOCH:end IMAGES, by partition, in order. */
  List<List<String>> seen() {
    return seen;
  }

  /** What is to be seen of whole epochs, without the images of some ids. */
  static List<List<String>> expected(
      Dataset dataset, Split split, long seed, int epochs, int partitions, Set<String> without) {
    List<List<String>> expected = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      List<String> partition = new ArrayList<>();
      for (int epoch = 0; epoch < epochs; epoch++) {
        int[] order = dataset.order(split, seed, epoch);
        for (int s = p; s < order.length; s += partitions) {
          String id = dataset.image(split, order[s]).id();
          if (!without.contains(id)) {
            partition.add("%d:%d %s".formatted(epoch, s, id));
          }
        }
        partition.add("%d:end %d".formatted(epoch, order.length));
      }
      expected.add(partition);
    }
    return expected;
  }

  @Override
  public void close() {
    consumer.close();
    admin.close();
  }
}
