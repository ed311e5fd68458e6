package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.ClassLists;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Mistakes;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TensorLayout;
import dev.millrace.schemas.TensorType;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;

/** The topics of one test, with synthetic tensors in them: the same bytes for every prefix. */
final class TestStream implements AutoCloseable {
  static final int PARTITIONS = 3;
  static final int SIZE = 32;
  static final int CLASSES = 10;
  static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  final Topics topics;
  final Map<String, Object> kafka;
  final Admin admin;
  private final KafkaClients clients;
  private final RecordSender producer;

  TestStream(String bootstrap, String prefix) throws InterruptedException {
    this.topics = new Topics(prefix);
    this.kafka = Map.of("bootstrap.servers", bootstrap);
    this.clients = new KafkaClients(kafka, prefix + "-test");
    this.admin = clients.admin();
    topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, 1 << 20));
    assertThat(new Startup(admin, topics, Duration.ofSeconds(30), () -> false).awaitTopics())
        .isTrue();
    this.producer = new RecordSender(clients.events());
    classes(CLASSES);
  }

  /** Publishes a list of classes class0, class1, ... */
  TestStream classes(int count) {
    List<String> names = IntStream.range(0, count).mapToObj(c -> "class" + c).toList();
    send(topics.classes(), 0, Topics.CLASSES_KEY, ClassLists.of(names, names, TIME));
    return flush();
  }

  /** Publishes an epoch of synthetic tensors and its end. */
  TestStream epoch(Split split, int epoch, int images) {
    for (int sequence = 0; sequence < images; sequence++) {
      tensor(tensor(split, epoch, sequence));
    }
    return end(split, epoch, images);
  }

  TestStream end(Split split, int epoch, long images) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      send(topics.tensors(split), partition, "end", new EpochEnd(split, epoch, images, TIME));
    }
    return this;
  }

  TestStream tensor(ImageTensor tensor) {
    int partition = (int) (tensor.getSequence() % PARTITIONS);
    send(topics.tensors(tensor.getSplit()), partition, tensor.getId(), tensor);
    return this;
  }

  /** A tensor whose elements follow from its place. */
  static ImageTensor tensor(Split split, int epoch, long sequence) {
    return tensor(split, epoch, sequence, SIZE);
  }

  static ImageTensor tensor(Split split, int epoch, long sequence, int size) {
    byte[] elements = new byte[size * size * 3];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (byte) (i * (7 + sequence % 5) + 31 * sequence + 17L * epoch);
    }
    return ImageTensor.newBuilder()
        .setId("image-" + sequence)
        .setLabel((int) (sequence % CLASSES))
        .setSplit(split)
        .setEpoch(epoch)
        .setSequence(sequence)
        .setHeight(size)
        .setWidth(size)
        .setChannels(3)
        .setLayout(TensorLayout.HWC)
        .setType(TensorType.UINT8)
        .setPublishedAt(TIME)
        .setAugmentedAt(TIME)
        .setBytes(ByteBuffer.wrap(elements))
        .build();
  }

  /** Publishes a manifest without chunks of its own. */
  void checkpoint(CheckpointManifest manifest) {
    send(topics.checkpoints(), 0, manifest.getRun(), manifest);
    flush();
  }

  private <V> void send(Topic<V> topic, int partition, String key, V value) {
    producer.send(topic, partition, key, value);
  }

  /** Everything sent so far is in the topics. */
  TestStream flush() {
    producer.flush();
    return this;
  }

  List<TrainingMetric> metrics() {
    return values(topics.metrics());
  }

  List<Mistakes> mistakes() {
    return values(topics.mistakes());
  }

  List<DeadLetter> deadLetters() {
    return values(topics.deadLetters());
  }

  /** The newest progress of a group. */
  Progress progress(String group) {
    return progressOf(group).orElseThrow();
  }

  /** The same; empty while there is none. */
  Optional<Progress> progressOf(String group) {
    return values(topics.progress()).stream()
        .filter(progress -> progress.getGroup().equals(group))
        .reduce((_, later) -> later);
  }

  List<StoredCheckpoint> checkpoints() throws InterruptedException {
    try (CheckpointCatalog catalog = new CheckpointCatalog(admin, clients.reader(), topics)) {
      return catalog.all();
    }
  }

  /** First offset that is still there, by partition. */
  Map<Integer, Long> beginning(Topic<SpecificRecord> topic) throws InterruptedException {
    return FirstOffsets.of(admin, topic.name(), PARTITIONS);
  }

  private <V> List<V> values(Topic<V> topic) {
    try (TopicReader<V> reader = new TopicReader<>(clients.reader(), topic)) {
      List<V> values = new ArrayList<>();
      reader.readToEnd().forEach(entry -> values.add(Objects.requireNonNull(entry.value())));
      return values;
    }
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
