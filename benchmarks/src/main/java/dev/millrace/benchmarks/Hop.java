package dev.millrace.benchmarks;

import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.ImageTensorView;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TensorLayout;
import dev.millrace.schemas.TensorType;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends tensors through a topic and reads them, by turns: a transaction of them is sent, then read
 * and deleted, so that the broker's files and their memory are used again and again.
 */
final class Hop implements AutoCloseable {
  private static final int PARTITIONS = 4;
  private static final int SIDE = 224;
  private static final int MIB = 1 << 20;
  private static final Duration POLL = Duration.ofMillis(100);

  private final Map<String, Object> kafka;
  private final HopSettings settings;
  private final int transaction;
  private final Topics topics;
  private final ByteBuffer minibatch;
  private final byte[] elements = new byte[SIDE * SIDE * 3];

  private final Admin admin;
  private final KafkaProducer<String, SpecificRecord> producer;
  private final KafkaConsumer<String, ByteBuffer> consumer;

  /** What a tensor cost on average, in microseconds of CPU. */
  record Cost(double produceMicros, double consumeMicros) {
    double micros() {
      return produceMicros + consumeMicros;
    }
  }

  /**
   * Makes the topic and connects.
   *
   * @param transaction how many tensors are sent in one transaction
   */
  Hop(Map<String, Object> kafka, HopSettings settings, int transaction)
      throws InterruptedException {
    this.kafka = kafka;
    this.settings = settings;
    this.transaction = transaction;
    this.topics = new Topics(settings.name().replaceAll("[^a-z0-9]", "-"));
    this.minibatch = ByteBuffer.allocateDirect(transaction * SIDE * SIDE * 3);
    new Random(1).nextBytes(elements);
    this.admin = Admin.create(kafka);
    topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, 16 * MIB));
    this.producer = producer();
    this.consumer = consumer();
    producer.initTransactions();
  }

  HopSettings settings() {
    return settings;
  }

  /** Sends and reads so many, rounded up to whole transactions. */
  Cost run(int records) throws Exception {
    int rounds = (records + transaction - 1) / transaction;
    double produced = 0;
    double consumed = 0;
    for (int round = 0; round < rounds; round++) {
      Meter producing = new Meter();
      produce();
      produced += producing.read("", 1, transaction).cpuSeconds();
      Meter consuming = new Meter();
      consume();
      delete();
      consumed += consuming.read("", 1, transaction).cpuSeconds();
    }
    double micros = 1e6 / (rounds * (double) transaction);
    return new Cost(produced * micros, consumed * micros);
  }

  @Override
  public void close() {
    producer.close();
    consumer.close();
    admin.close();
  }

  private KafkaProducer<String, SpecificRecord> producer() {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.putAll(settings.producer());
    properties.put("transactional.id", topics.prefix());
    return new KafkaProducer<>(
        properties, new StringSerializer(), topics.tensors(Split.TRAIN).serde().serializer());
  }

  private KafkaConsumer<String, ByteBuffer> consumer() {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.putAll(settings.consumer());
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", false);
    KafkaConsumer<String, ByteBuffer> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteBufferDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (int p = 0; p < PARTITIONS; p++) {
      partitions.add(new TopicPartition(topics.tensors(Split.TRAIN).name(), p));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  private void produce() {
    Topic<SpecificRecord> topic = topics.tensors(Split.TRAIN);
    producer.beginTransaction();
    for (int i = 0; i < transaction; i++) {
      String id = "image-" + i;
      var _ = producer.send(new ProducerRecord<>(topic.name(), i % PARTITIONS, id, tensor(id, i)));
    }
    producer.commitTransaction(); // fails if any of them failed
  }

  private ImageTensor tensor(String id, int sequence) {
    return ImageTensor.newBuilder()
        .setId(id)
        .setLabel(sequence % 1000)
        .setSplit(Split.TRAIN)
        .setEpoch(0)
        .setSequence(sequence)
        .setHeight(SIDE)
        .setWidth(SIDE)
        .setChannels(3)
        .setLayout(TensorLayout.HWC)
        .setType(TensorType.UINT8)
        .setPublishedAt(Instant.EPOCH)
        .setAugmentedAt(Instant.EPOCH)
        .setBytes(ByteBuffer.wrap(elements))
        .build();
  }

  private void consume() {
    minibatch.clear();
    for (int read = 0; read < transaction; ) {
      for (ConsumerRecord<String, ByteBuffer> record : consumer.poll(POLL)) {
        minibatch.put(ImageTensorView.of(record.value()).elements());
        read++;
      }
    }
  }

  private void delete() throws Exception {
    Map<TopicPartition, RecordsToDelete> read = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      read.put(partition, RecordsToDelete.beforeOffset(consumer.position(partition)));
    }
    admin.deleteRecords(read).all().get();
  }
}
