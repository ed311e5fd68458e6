package dev.millrace.dashboard.pictures;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.PngEncoder;
import dev.millrace.schemas.CheckpointChunk;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Mistake;
import dev.millrace.schemas.Mistakes;
import dev.millrace.schemas.Prediction;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TensorLayout;
import dev.millrace.schemas.TensorType;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topics that somebody wrote to who means no good. */
@Timeout(120)
class HostilePicturesIT {
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
  private static final byte[] GARBAGE = "no record of ours".getBytes(UTF_8);

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;
  private static Map<String, Object> kafka;
  private static KafkaProducer<String, byte[]> producer;

  @BeforeAll
  static void start() throws Exception {
    broker = EmbeddedBroker.start(folder, "127.0.0.1", 0, Map.of());
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    producer = new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
  }

  @AfterAll
  static void stop() {
    producer.close();
    broker.close();
  }

  private static Topics topics(String prefix) throws Exception {
    Topics topics = new Topics(prefix);
    try (Admin admin = Admin.create(kafka)) {
      topics.createMissing(admin, new TopicSettings(2, (short) 1, 4 << 20));
    }
    return topics;
  }

  private static <V> long send(Topic<V> topic, String key, V value) throws Exception {
    return send(topic, key, topic.serde().serializer().serialize(topic.name(), value));
  }

  private static long send(Topic<?> topic, String key, byte[] value) throws Exception {
    return producer.send(new ProducerRecord<>(topic.name(), 0, key, value)).get().offset();
  }

  /** Pictures, once they know of so many records that tell where some are. */
  private static Pictures pictures(Topics topics, int records) throws InterruptedException {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    Pictures pictures = new Pictures(topics, kafka, InstantSource.system(), told::add).start();
    for (int i = 0; i < records; i++) {
      assertThat(told.poll(60, TimeUnit.SECONDS)).isNotNull();
    }
    return pictures;
  }

  private static CheckpointManifest manifest(String run, long step, long firstChunk) {
    return CheckpointManifest.newBuilder()
        .setRun(run)
        .setModel("cifar10-quick")
        .setStep(step)
        .setEpoch(0)
        .setNextSequence(0)
        .setSeed(1)
        .setGroup("group")
        .setOffsets(Map.of())
        .setClassListId("")
        .setParameters(1)
        .setState(Map.of())
        .setEnvironment(Map.of())
        .setFormat("safetensors")
        .setBytes(1000)
        .setSha256("")
        .setChunks(1)
        .setFirstChunkOffset(firstChunk)
        .setCreatedAt(TIME)
        .build();
  }

  private static byte[] file(long headerLength, String header, int behind) {
    byte[] json = header.getBytes(UTF_8);
    return ByteBuffer.allocate(8 + json.length + behind)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerLength)
        .put(json)
        .array();
  }

  private static byte[] file(String header, int behind) {
    return file(header.length(), header, behind);
  }

  private static String tensor(String name, String shape, long bytes) {
    return "{\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[0,%d]}}"
        .formatted(name, shape, bytes);
  }

  private static long chunk(Topics topics, String run, long step, byte[] bytes) throws Exception {
    return send(
        topics.checkpointChunks(),
        run,
        new CheckpointChunk(run, step, 0, 1, ByteBuffer.wrap(bytes)));
  }

  @Test
  void shouldDrawNoKernelsOfFalseCheckpoints() throws Exception {
    Topics topics = topics("kernels");
    List<byte[]> files =
        List.of(
            file(1L << 62, "{}", 0),
            file(9 << 20, "{}", 0),
            file("[[[[", 0),
            file(tensor("conv2/weights", "[5,5,3,1]", 300), 300),
            file(tensor("conv1/weights", "[4294967296,4294967296,3,1]", 0), 0),
            file(tensor("conv1/weights", "[1000,1000,3,100]", 1_200_000_000L), 0),
            file(tensor("conv1/weights", "[5,5,3]", 300), 300),
            file(tensor("conv1/weights", "[5,5,3,1]", -300), 300));
    int step = 1;
    for (byte[] bytes : files) {
      long offset = chunk(topics, "run", step, bytes);
      send(topics.checkpoints(), "run", manifest("run", step, offset));
      step++;
    }
    long otherStep = chunk(topics, "run", 1000, new byte[10]);
    send(topics.checkpoints(), "run", manifest("run", step, otherStep));
    long noChunk = send(topics.checkpointChunks(), "run", GARBAGE);
    send(topics.checkpoints(), "run", manifest("run", step + 1, noChunk));
    send(topics.checkpoints(), "run", manifest("run", step + 2, 1_000_000));
    send(topics.checkpoints(), "run", GARBAGE);
    long good = chunk(topics, "run", 500, file(tensor("conv1/weights", "[5,5,3,1]", 300), 300));
    send(topics.checkpoints(), "run", manifest("run", 500, good));

    try (Pictures pictures = pictures(topics, step + 3)) {
      for (int i = 1; i <= step + 2; i++) {
        assertThat(pictures.kernels("run", i)).as("step %d", i).isEmpty();
      }
      assertThat(pictures.kernels("run", 500)).isPresent();
      assertThat(pictures.kernels("run", 501)).isEmpty();
      assertThat(pictures.kernels("walk", 500)).isEmpty();
      assertThat(pictures.view("run").kernels())
          .first()
          .isEqualTo(
              new PicturesView.KernelsOf(
                  500,
                  TIME.toEpochMilli(),
                  "/pictures/kernels/run/500.png?at=" + TIME.toEpochMilli()));
      assertThat(pictures.view("walk").kernels()).isEmpty();
    }
  }

  @Test
  void shouldKeepTheKernelsOfCheckpointsThatAreDeletedLater() throws Exception {
    Topics topics = topics("deleted");
    byte[] file = file(tensor("conv1/weights", "[5,5,3,1]", 300), 300);
    send(topics.checkpoints(), "run", manifest("run", 1, chunk(topics, "run", 1, file)));
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    try (Pictures pictures = new Pictures(topics, kafka, InstantSource.system(), told::add);
        Admin admin = Admin.create(kafka)) {
      pictures.start();
      assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("run");
      send(topics.checkpoints(), "run", manifest("run", 2, chunk(topics, "run", 2, file)));
      assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("run");
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(topics.checkpointChunks().name(), 0),
                  RecordsToDelete.beforeOffset(-1)))
          .all()
          .get();

      assertThat(pictures.kernels("run", 1)).isEmpty(); // written before anybody watched
      assertThat(pictures.kernels("run", 2)).isPresent();
      assertThat(pictures.view("run").kernels())
          .extracting(PicturesView.KernelsOf::step)
          .containsExactly(2L);
    }
  }

  private static Mistake mistake(int height, int width, int bytes) {
    return new Mistake(
        "<script>", 3, 0.1f, List.of(), height, width, ByteBuffer.wrap(new byte[bytes]));
  }

  @Test
  void shouldShowNoMistakesOfOtherSizesThanTheyMayHave() throws Exception {
    Topics topics = topics("mistakes");
    Prediction prediction = new Prediction(0, 0.5f);
    Mistake chatty = mistake(2, 2, 12);
    chatty.setPredictions(
        List.of(prediction, prediction, prediction, prediction, prediction, prediction));
    Map<String, List<Mistake>> bad =
        Map.of(
            "short", List.of(mistake(10, 10, 299)),
            "empty", List.of(mistake(0, 0, 0)),
            "huge", List.of(mistake(113, 1, 339)),
            "overflow", List.of(mistake(1 << 16, 1 << 16, 0)),
            "negative", List.of(mistake(-1, -1, 3)),
            "chatty", List.of(chatty),
            "many", java.util.Collections.nCopies(13, mistake(1, 1, 3)));
    for (Map.Entry<String, List<Mistake>> entry : bad.entrySet()) {
      String run = entry.getKey();
      send(topics.mistakes(), run, new Mistakes(run, 1L, 0, TIME, entry.getValue()));
    }
    send(topics.mistakes(), "garbage", GARBAGE);
    send(topics.mistakes(), "other", new Mistakes("good", 1L, 0, TIME, List.of()));
    send(topics.mistakes(), "good", new Mistakes("good", 7L, 0, TIME, List.of(mistake(2, 3, 18))));

    try (Pictures pictures = pictures(topics, bad.size() + 3)) {
      for (String run : bad.keySet()) {
        assertThat(pictures.view(run).mistakes()).as(run).isNull();
        assertThat(pictures.mistake(run, 1, 0)).as(run).isEmpty();
      }
      assertThat(pictures.view("garbage").mistakes()).isNull();
      assertThat(pictures.view("other").mistakes()).isNull();
      PicturesView.MistakesOf good = requireNonNull(pictures.view("good").mistakes());
      assertThat(good.images().getFirst().id()).isEqualTo("<script>");
      assertThat(good.images().getFirst().className()).isEqualTo("class 3");
      assertThat(pictures.mistake("good", 7, 0)).isPresent();
      assertThat(pictures.mistake("good", 7, 1)).isEmpty();
      assertThat(pictures.mistake("good", 7, -1)).isEmpty();
      assertThat(pictures.mistake("good", 8, 0)).isEmpty();
    }
  }

  private static ImageTensor tensor(TensorType type, int height, int width, int bytes) {
    return ImageTensor.newBuilder()
        .setId("id")
        .setLabel(0)
        .setSplit(Split.TRAIN)
        .setEpoch(0)
        .setSequence(0)
        .setHeight(height)
        .setWidth(width)
        .setChannels(3)
        .setLayout(TensorLayout.HWC)
        .setType(type)
        .setPublishedAt(TIME)
        .setAugmentedAt(TIME)
        .setBytes(ByteBuffer.wrap(new byte[bytes]))
        .build();
  }

  @Test
  void shouldPassOverTensorsThatAreNoPictures() throws Exception {
    Topics topics = topics("tensors");
    try (Pictures pictures = new Pictures(topics, kafka, InstantSource.system(), _ -> {})) {
      assertThat(pictures.view("run").preview().why()).startsWith("No tensor waits in topic");
    }
    send(topics.tensors(Split.TRAIN), "id", GARBAGE);
    send(topics.tensors(Split.TRAIN), "id", tensor(TensorType.FLOAT32, 2, 2, 48));
    send(topics.tensors(Split.TRAIN), "id", tensor(TensorType.UINT8, 600, 1, 1800));
    send(topics.tensors(Split.TRAIN), "id", tensor(TensorType.UINT8, -1, -1, 3));
    send(topics.tensors(Split.TRAIN), "id", tensor(TensorType.UINT8, 1 << 31, 1 << 31, 0));
    send(topics.tensors(Split.TRAIN), "id", tensor(TensorType.UINT8, 9, 9, 3));
    try (Pictures pictures = new Pictures(topics, kafka, InstantSource.system(), _ -> {})) {
      assertThat(pictures.view("run").preview().images()).isEmpty();
      assertThat(pictures.view("run").preview().why()).contains("none that can be shown");
    }
    send(topics.tensors(Split.TRAIN), "id", tensor(TensorType.UINT8, 2, 3, 18));
    try (Pictures pictures = new Pictures(topics, kafka, InstantSource.system(), _ -> {})) {
      PicturesView.Preview preview = pictures.view("run").preview();
      assertThat(preview.images()).hasSize(1);
      assertThat(preview.why()).isEmpty();
      assertThat(pictures.preview(0, preview.at())).isPresent();
      assertThat(pictures.preview(1, preview.at())).isEmpty();
    }
  }

  private static DeadLetter letter(String stage, byte[] bytes) {
    return DeadLetter.newBuilder()
        .setId("../../etc/passwd")
        .setLabel(0)
        .setSplit(Split.TRAIN)
        .setEpoch(0)
        .setSequence(0)
        .setSource("")
        .setStage(stage)
        .setReason("")
        .setTopic("")
        .setPartition(-1)
        .setOffset(-1)
        .setFailedAt(TIME)
        .setSize(bytes.length)
        .setBytes(ByteBuffer.wrap(bytes))
        .build();
  }

  @Test
  void shouldShrinkDeadLettersThatAreImagesAndShowNoOthers() throws Exception {
    Topics topics = topics("letters");
    byte[] image = PngEncoder.encode(new Pixels(150, 300, new byte[150 * 300 * 3]));
    byte[] small = PngEncoder.encode(new Pixels(5, 7, new byte[5 * 7 * 3]));
    byte[] bomb = image.clone();
    ByteBuffer.wrap(bomb).putInt(16, 60_000).putInt(20, 60_000);
    byte[] broken = image.clone();
    Arrays.fill(broken, 40, broken.length - 12, (byte) 0x55);
    byte[] cut = Arrays.copyOf(image, image.length / 2);
    try (Pictures pictures = new Pictures(topics, kafka, InstantSource.system(), _ -> {})) {
      for (byte[] bytes : List.of(bomb, cut, "GIF89a".getBytes(UTF_8), GARBAGE, new byte[0])) {
        DeadLetter letter = letter("decode", bytes);
        long offset = send(topics.deadLetters(), "id", letter);
        assertThat(pictures.deadLetter(offset)).isEmpty();
      }
      assertThat(pictures.deadLetter(send(topics.deadLetters(), "id", letter("decode", broken))))
          .isEmpty();
      assertThat(pictures.deadLetter(send(topics.deadLetters(), "id", letter("replay", image))))
          .isEmpty();
      assertThat(pictures.deadLetter(send(topics.deadLetters(), "id", GARBAGE))).isEmpty();
      assertThat(pictures.deadLetter(-1)).isEmpty();
      assertThat(pictures.deadLetter(Long.MAX_VALUE)).isEmpty();

      long offset = send(topics.deadLetters(), "id", letter("tensor", image));
      assertSize(pictures.deadLetter(offset), 48, 96);
      long next = send(topics.deadLetters(), "id", letter("tensor", small));
      assertSize(pictures.deadLetter(next), 5, 7);
    }
  }

  private static void assertSize(Optional<byte[]> png, int height, int width) throws Exception {
    var image = ImageIO.read(new ByteArrayInputStream(png.orElseThrow()));
    assertThat(image.getHeight()).isEqualTo(height);
    assertThat(image.getWidth()).isEqualTo(width);
  }
}
