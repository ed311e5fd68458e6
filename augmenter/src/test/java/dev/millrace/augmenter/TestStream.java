package dev.millrace.augmenter;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The topics of one prefix: publishes what producers and trainers would, and reads the results. */
record TestStream(TestBroker broker, Topics topics, int partitions) {
  private static final byte[] GOOD = TestImages.jpeg(96, 80, 1);

  static TestStream create(TestBroker broker, String prefix, int partitions)
      throws InterruptedException {
    return new TestStream(broker, broker.create(prefix, partitions), partitions);
  }

  AugmenterService service(AugmenterOptions.Builder options) {
    return new AugmenterService(options.build(), topics, broker.kafka());
  }

  AugmenterService service(AugmenterOptions.Builder options, MeterRegistry registry) {
    return new AugmenterService(options.build(), topics, broker.kafka(), registry);
  }

  TensorReader tensors(Split split) {
    return new TensorReader(broker, topics, split, partitions);
  }

  /** Publishes images FROM to TO - 1 of an epoch, some of them broken. */
  void publish(Split split, int epoch, long from, long to, Set<Long> broken) {
    try (KafkaProducer<String, SpecificRecord> producer = broker.producer(topics.images(split))) {
      for (long s = from; s < to; s++) {
        byte[] bytes = broken.contains(s) ? TestImages.TEXT : GOOD;
        var _ =
            producer.send(
                new ProducerRecord<>(
                    topics.images(split).name(),
                    (int) (s % partitions),
                    "image-" + s,
                    TestImages.image(split, epoch, s, bytes)));
      }
    }
  }

  /** Publishes images as {@link #publish} in one transaction, and takes it back or commits it. */
  void publishInTransaction(Split split, int epoch, long from, long to, boolean commit) {
    Map<String, Object> properties = new HashMap<>(broker.kafka());
    properties.put("transactional.id", topics.prefix() + "-producer");
    try (KafkaProducer<String, SpecificRecord> producer =
        new KafkaProducer<>(
            properties, new StringSerializer(), topics.images(split).serde().serializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (long s = from; s < to; s++) {
        var _ =
            producer.send(
                new ProducerRecord<>(
                    topics.images(split).name(),
                    (int) (s % partitions),
                    "image-" + s,
                    TestImages.image(split, epoch, s, GOOD)));
      }
      producer.flush();
      if (commit) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
    }
  }

  void publishEnd(Split split, int epoch, long images) {
    try (KafkaProducer<String, SpecificRecord> producer = broker.producer(topics.images(split))) {
      for (int p = 0; p < partitions; p++) {
        var _ =
            producer.send(
                new ProducerRecord<>(
                    topics.images(split).name(),
                    p,
                    "end",
                    TestImages.epochEnd(split, epoch, images)));
      }
    }
  }

  /** Says that a trainer has come so far in every partition. */
  void progress(String group, long position, boolean finished) {
    progress(group, topics.tensors(Split.TRAIN).name(), position, finished);
  }

  /** A trainer says how far it is in a topic; a checkpoint covers it up to there. */
  void progress(String group, String topic, long position, boolean finished) {
    Map<String, Long> positions = new HashMap<>();
    for (int p = 0; p < partitions; p++) {
      positions.put(Integer.toString(p), position);
    }
    Progress progress =
        Progress.newBuilder()
            .setGroup(group)
            .setRun(group)
            .setTopic(topic)
            .setFinished(finished)
            .setStep(1)
            .setEpoch(0)
            .setNextSequence(1)
            .setImages(1)
            .setPositions(positions)
            .setAcknowledged(positions)
            .setTime(TestImages.PUBLISHED)
            .build();
    try (KafkaProducer<String, Progress> producer = broker.producer(topics.progress())) {
      var _ = producer.send(new ProducerRecord<>(topics.progress().name(), group, progress));
    }
  }

  void publishUnreadableProgress() {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(broker.kafka(), new StringSerializer(), new ByteArraySerializer())) {
      var _ = producer.send(new ProducerRecord<>(topics.progress().name(), "x", TestImages.TEXT));
    }
  }

  /** All committed dead letters; waits until there are so many, and sees that there are no more. */
  List<DeadLetter> deadLetters(int count) throws Exception {
    List<DeadLetter> letters = new ArrayList<>();
    try (Consumer<String, DeadLetter> reader = broker.reader(topics.deadLetters(), 1)) {
      TopicPartition partition = new TopicPartition(topics.deadLetters().name(), 0);
      TestBroker.await(
          count + " dead letters",
          () -> {
            reader.poll(Duration.ofMillis(20)).forEach(record -> letters.add(record.value()));
            long end = reader.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
            return letters.size() >= count && reader.position(partition) >= end;
          });
    }
    return letters;
  }

  /** What readers of committed tensors are to see; see {@link TensorReader#seen()}. */
  List<List<String>> expected(int epochs, long images, Set<Long> broken) {
    List<List<String>> expected = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      List<String> partition = new ArrayList<>();
      for (int epoch = 0; epoch < epochs; epoch++) {
        for (long s = p; s < images; s += partitions) {
          if (!broken.contains(s)) {
            partition.add(epoch + ":" + s);
          }
        }
        partition.add(epoch + ":end");
      }
      expected.add(partition);
    }
    return expected;
  }
}
