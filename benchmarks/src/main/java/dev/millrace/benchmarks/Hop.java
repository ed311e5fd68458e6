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
 * Sends tensors through a topic and reads them, by turns: a round is sent in one transaction, then
 * read and deleted, so that the broker's files and their memory are used again and again.
 */
final class Hop {
  private static final int PARTITIONS = 4;
  private static final int ROUND = 256;
  private static final int SIDE = 224;
  private static final int MIB = 1 << 20;
  private static final Duration POLL = Duration.ofMillis(100);

  private final Map<String, Object> kafka;
  private final HopSettings settings;
  private final Topics topics;
  private final ByteBuffer minibatch = ByteBuffer.allocateDirect(ROUND * SIDE * SIDE * 3);
  private final byte[] elements = new byte[SIDE * SIDE * 3];

  /** What a tensor cost on average. */
  record Cost(double produceMicros, double consumeMicros) {}

  Hop(String name, Map<String, Object> kafka, HopSettings settings) {
    this.kafka = kafka;
    this.settings = settings;
    this.topics = new Topics(name.replaceAll("[^a-z0-9]", "-"));
    new Random(1).nextBytes(elements);
  }

  Cost run(int records) throws Exception {
    try (Admin admin = Admin.create(kafka)) {
      topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, 16 * MIB));
      try (KafkaProducer<String, SpecificRecord> producer = producer();
          KafkaConsumer<String, ByteBuffer> consumer = consumer()) {
        producer.initTransactions();
        double produced = 0;
        double consumed = 0;
        int rounds = Math.max(1, records / ROUND);
        // As many rounds before, until buffers and connections are there.
        for (int round = -Math.min(rounds, 8); round < rounds; round++) {
          Meter producing = new Meter();
          produce(producer);
          double cost = producing.read("", 1, ROUND).cpuSeconds();
          produced += round < 0 ? 0 : cost;
          Meter consuming = new Meter();
          consume(consumer);
          delete(admin, consumer);
          cost = consuming.read("", 1, ROUND).cpuSeconds();
          consumed += round < 0 ? 0 : cost;
        }
        double micros = 1e6 / (rounds * (double) ROUND);
        return new Cost(produced * micros, consumed * micros);
      }
    }
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

  private void produce(KafkaProducer<String, SpecificRecord> producer) {
    Topic<SpecificRecord> topic = topics.tensors(Split.TRAIN);
    producer.beginTransaction();
    for (int i = 0; i < ROUND; i++) {
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

  private void consume(KafkaConsumer<String, ByteBuffer> consumer) {
    minibatch.clear();
    for (int read = 0; read < ROUND; ) {
      for (ConsumerRecord<String, ByteBuffer> record : consumer.poll(POLL)) {
        minibatch.put(ImageTensorView.of(record.value()).elements());
        read++;
      }
    }
  }

  private static void delete(Admin admin, KafkaConsumer<?, ?> consumer) throws Exception {
    Map<TopicPartition, RecordsToDelete> read = new HashMap<>();
    for (TopicPartition partition : consumer.assignment()) {
      read.put(partition, RecordsToDelete.beforeOffset(consumer.position(partition)));
    }
    admin.deleteRecords(read).all().get();
  }
}
