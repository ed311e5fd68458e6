package dev.millrace.dashboard.flow;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TensorLayout;
import dev.millrace.schemas.TensorType;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import dev.millrace.schemas.stream.Place;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A stream on a broker of this process: images and tensors published in transactions, of which some
 * are taken back, and what augmenters and trainers leave behind them.
 */
final class TestStream implements AutoCloseable {
  static final int PARTITIONS = 3;
  static final String RUN = "first";

  private final EmbeddedBroker broker;
  private final Admin admin;
  private final KafkaProducer<String, byte[]> producer;
  private final Map<TopicPartition, TreeMap<Place, Long>> written = new HashMap<>();

  TestStream(Path folder) throws Exception {
    this(folder, Map.of());
  }

  /** One whose broker has more properties. */
  TestStream(Path folder, Map<String, String> extra) throws Exception {
    this.broker = EmbeddedBroker.start(folder, "127.0.0.1", 0, extra);
    this.admin = Admin.create(kafka());
    Map<String, Object> properties = new HashMap<>(kafka());
    properties.put("transactional.id", "test");
    this.producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    producer.initTransactions();
  }

  Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  Admin admin() {
    return admin;
  }

  Topics topics(String prefix) throws InterruptedException {
    Topics topics = new Topics(prefix);
    topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, 1 << 20));
    return topics;
  }

  /** Forbids everybody one kind of access to something, and no other. */
  void deny(ResourceType type, String name, AclOperation operation) throws Exception {
    ResourcePattern what = new ResourcePattern(type, name, PatternType.LITERAL);
    admin
        .createAcls(
            List.of(
                acl(what, AclOperation.ALL, AclPermissionType.ALLOW),
                acl(what, operation, AclPermissionType.DENY)))
        .all()
        .get();
  }

  private static AclBinding acl(
      ResourcePattern what, AclOperation operation, AclPermissionType permission) {
    return new AclBinding(what, new AccessControlEntry("User:*", "*", operation, permission));
  }

  /** Images of an epoch, from one sequence up to another, one transaction for each. */
  void images(Topics topics, int epoch, long from, long to) throws Exception {
    for (long s = from; s < to; s++) {
      publish(
          topics.images(Split.TRAIN), (int) (s % PARTITIONS), new Place(epoch, s), image(epoch, s));
    }
  }

  /** Their tensors. */
  void tensors(Topics topics, int epoch, long from, long to) throws Exception {
    for (long s = from; s < to; s++) {
      publish(
          topics.tensors(Split.TRAIN),
          (int) (s % PARTITIONS),
          new Place(epoch, s),
          tensor(epoch, s));
    }
  }

  /** The end of an epoch, in every partition of a topic. */
  void end(Topic<SpecificRecord> topic, int epoch, long images) throws Exception {
    for (int p = 0; p < PARTITIONS; p++) {
      publish(
          topic,
          p,
          new Place(epoch + 1, 0),
          new EpochEnd(Split.TRAIN, epoch, images, Instant.now()));
    }
  }

  /** Publishes so many images, then takes them back. */
  void takeBackImages(Topics topics, int records) {
    takeBack(topics.images(Split.TRAIN), records, s -> image(9, s));
  }

  /** Publishes so many tensors, then takes them back. */
  void takeBackTensors(Topics topics, int records) {
    takeBack(topics.tensors(Split.TRAIN), records, s -> tensor(9, s));
  }

  private void takeBack(Topic<SpecificRecord> topic, int records, IntFunction<SpecificRecord> of) {
    producer.beginTransaction();
    for (int i = 0; i < records; i++) {
      SpecificRecord record = of.apply(i);
      var _ =
          producer.send(
              new ProducerRecord<>(
                  topic.name(),
                  i % PARTITIONS,
                  "",
                  topic.serde().serializer().serialize(topic.name(), record)));
    }
    producer.flush();
    producer.abortTransaction();
  }

  /** Begins a transaction with one image in it, and leaves it open. */
  void leaveOpen(Topics topics, int epoch, long sequence) throws Exception {
    producer.beginTransaction();
    String name = topics.images(Split.TRAIN).name();
    producer
        .send(
            new ProducerRecord<>(
                name,
                (int) (sequence % PARTITIONS),
                "",
                topics
                    .images(Split.TRAIN)
                    .serde()
                    .serializer()
                    .serialize(name, image(epoch, sequence))))
        .get();
  }

  void commit() {
    producer.commitTransaction();
  }

  /** The augmenters have done with a partition's images before a place. */
  void augmented(Topics topics, int partition, Place place) throws Exception {
    TopicPartition images = new TopicPartition(topics.images(Split.TRAIN).name(), partition);
    commitGroup(topics, Map.of(images, offsetOf(images, place)));
  }

  /** They have done with all that there is. */
  void augmentedAll(Topics topics) throws Exception {
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (int p = 0; p < PARTITIONS; p++) {
      TopicPartition images = new TopicPartition(topics.images(Split.TRAIN).name(), p);
      ends.put(images, end(images));
    }
    commitGroup(topics, ends);
  }

  private void commitGroup(Topics topics, Map<TopicPartition, Long> offsets) throws Exception {
    Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    offsets.forEach((partition, offset) -> committed.put(partition, new OffsetAndMetadata(offset)));
    admin.alterConsumerGroupOffsets(topics.augmenterGroup(), committed).all().get();
  }

  /** Deletes a partition's records before a place. */
  void delete(Topic<SpecificRecord> topic, int partition, Place place) throws Exception {
    TopicPartition of = new TopicPartition(topic.name(), partition);
    admin.deleteRecords(Map.of(of, RecordsToDelete.beforeOffset(offsetOf(of, place)))).all().get();
  }

  /** A trainer of tensors that goes on at a sequence of an epoch. */
  Progress progress(Topics topics, int epoch, long sequence, boolean finished) {
    Map<String, Long> positions = new HashMap<>();
    for (int p = 0; p < PARTITIONS; p++) {
      TopicPartition of = new TopicPartition(topics.tensors(Split.TRAIN).name(), p);
      long next = sequence + Math.floorMod(p - sequence, PARTITIONS);
      positions.put(Integer.toString(p), offsetOf(of, new Place(epoch, next)));
    }
    return Progress.newBuilder()
        .setGroup(topics.prefix() + "-trainer-" + RUN)
        .setRun(RUN)
        .setTopic(topics.tensors(Split.TRAIN).name())
        .setFinished(finished)
        .setStep(7)
        .setEpoch(epoch)
        .setNextSequence(sequence)
        .setImages(0)
        .setPositions(positions)
        .setAcknowledged(Map.of())
        .setTime(Instant.now())
        .build();
  }

  // Of the first record from a place on; behind the last one where there is none.
  private long offsetOf(TopicPartition partition, Place place) {
    TreeMap<Place, Long> offsets = written.getOrDefault(partition, new TreeMap<>());
    Map.Entry<Place, Long> at = offsets.ceilingEntry(place);
    return at != null ? at.getValue() : offsets.isEmpty() ? 0 : offsets.lastEntry().getValue() + 1;
  }

  private long end(TopicPartition partition) throws Exception {
    return admin
        .listOffsets(Map.of(partition, OffsetSpec.latest()))
        .partitionResult(partition)
        .get()
        .offset();
  }

  /** Publishes a record. */
  <V> void send(Topic<V> topic, String key, V record) throws Exception {
    producer.beginTransaction();
    byte[] value = topic.serde().serializer().serialize(topic.name(), record);
    producer.send(new ProducerRecord<>(topic.name(), 0, key, value)).get();
    producer.commitTransaction();
  }

  private void publish(
      Topic<SpecificRecord> topic, int partition, Place place, SpecificRecord record)
      throws Exception {
    producer.beginTransaction();
    byte[] value = topic.serde().serializer().serialize(topic.name(), record);
    long offset =
        producer.send(new ProducerRecord<>(topic.name(), partition, "k", value)).get().offset();
    producer.commitTransaction();
    written
        .computeIfAbsent(new TopicPartition(topic.name(), partition), _ -> new TreeMap<>())
        .putIfAbsent(place, offset);
  }

  private static Image image(int epoch, long sequence) {
    return new Image(
        "image-" + sequence,
        0,
        "circle",
        Split.TRAIN,
        epoch,
        sequence,
        "",
        Instant.now(),
        ByteBuffer.wrap(new byte[1000]));
  }

  private static ImageTensor tensor(int epoch, long sequence) {
    return new ImageTensor(
        "image-" + sequence,
        0,
        Split.TRAIN,
        epoch,
        sequence,
        16,
        16,
        3,
        TensorLayout.HWC,
        TensorType.UINT8,
        Instant.now(),
        Instant.now(),
        ByteBuffer.wrap(new byte[16 * 16 * 3]));
  }

  /** A producer's dead letter about an image that it could not read. */
  static DeadLetter unread(int epoch, long sequence) {
    return letter("", "read", epoch, sequence);
  }

  /** An augmenter's about an image that it could not decode. */
  static DeadLetter undecoded(Topics topics, int epoch, long sequence) {
    return letter(topics.images(Split.TRAIN).name(), "decode", epoch, sequence);
  }

  private static DeadLetter letter(String topic, String stage, int epoch, long sequence) {
    return DeadLetter.newBuilder()
        .setId("image-" + sequence)
        .setLabel(0)
        .setSplit(Split.TRAIN)
        .setEpoch(epoch)
        .setSequence(sequence)
        .setSource("")
        .setStage(stage)
        .setReason("broken")
        .setTopic(topic)
        .setPartition(topic.isEmpty() ? -1 : (int) (sequence % PARTITIONS))
        .setOffset(-1)
        .setFailedAt(Instant.now())
        .setSize(0)
        .setBytes(ByteBuffer.allocate(0))
        .build();
  }

  /** A step of the run, just now. */
  static TrainingMetric step(Map<String, Double> values, String verdict) {
    return new TrainingMetric(RUN, 7L, 0, Split.TRAIN, Instant.now(), values, verdict);
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    admin.close(Duration.ZERO);
    broker.close();
  }
}
