package dev.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.Pixels;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.producer.ImageProducer;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters' way from a damaged file to a tensor. */
@Timeout(120)
class DeadLettersIT {
  private static final int PARTITIONS = 2;
  private static final int SIDE = 32;
  private static final int MOST_BYTES = 16 << 10;

  @TempDir private Path folder;
  private final Topics topics = new Topics("letters");
  private final Map<Integer, List<String>> tensors = new TreeMap<>();
  private int epochEnds;

  @Test
  void shouldListSaveAndReplayUntilEveryImageIsATensor() throws Exception {
    Path data = images();
    Path mend = folder.resolve("mend");
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of())) {
      String servers = broker.bootstrapServers();
      Map<String, Object> kafka = Map.of("bootstrap.servers", servers);
      try (Admin admin = Admin.create(kafka)) {
        topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, 1 << 20));
      }
      assertThat(command(servers, 0, "list")).contains("No image is among the dead letters");
      try (AugmenterService augmenter = new AugmenterService(augmenter(), topics, kafka);
          Consumer<String, SpecificRecord> reader = reader(kafka)) {
        augmenter.start();
        publish(kafka, data, 2);
        read(reader, 2);
        assertThat(command(servers, 0, "list").lines())
            .hasSize(4)
            .anyMatch(line -> line.matches("cat/cut.jpg +train +decode +0 to 1 .*cut short.*"))
            .anyMatch(line -> line.matches("dog/large.jpg +train +read +0 to 1 .*16384 bytes.*"))
            .anyMatch(line -> line.matches("dog/text.jpg +train +decode +0 to 1 .*not a JPEG.*"));

        assertThat(command(servers, 0, "save", "--to", mend.toString()))
            .contains("Saved 2 images", data.resolve("dog/large.jpg").toString());
        assertThat(mend.resolve("cat/cut.jpg")).hasSameBinaryContentAs(data.resolve("cat/cut.jpg"));
        Files.write(mend.resolve("cat/cut.jpg"), jpeg(100));
        Files.write(mend.resolve("dog/large.jpg"), jpeg(101));
        assertThat(command(servers, 0, "replay", "--from", mend.toString()))
            .contains("Published 3 images again as epoch 2 of letters.images.train; 0 left out");
        read(reader, 3);
        assertThat(tensors.get(2)).containsExactlyInAnyOrder("cat/cut.jpg", "dog/large.jpg");
        assertThat(command(servers, 0, "list").lines())
            .hasSize(3)
            .anyMatch(line -> line.matches("dog/text.jpg +train +decode +0 to 2 .*"));
        assertThat(command(servers, 0, "list", "--all", "--image", "cat/*"))
            .contains("(published again as epoch 2)", "and 2 other images");

        publish(kafka, data, 4);
        read(reader, 4);
        assertThat(tensors.get(3)).containsExactlyInAnyOrderElementsOf(tensors.get(0));
        assertThat(
                command(
                    servers, 0, "replay", "--from", mend.toString(), "--image", "d*.jpg", "--all"))
            .contains("Published 2 images again as epoch 4");
        read(reader, 5);
        assertThat(tensors.get(4)).containsExactly("dog/large.jpg");
        assertThat(command(servers, 0, "replay"))
            .contains("Published 2 images again as epoch 5 of letters.images.train; 0 left out");
        read(reader, 6);
        assertThat(tensors).doesNotContainKey(5);
        assertThat(command(servers, 0, "replay", "--all", "--image", "dog/large.jpg"))
            .contains("Left out dog/large.jpg: its letter holds no bytes")
            .contains("Nothing published: all 1 images were left out");
        assertThat(verify(servers))
            .contains(
                "Nothing lost and nothing doubled", "76 images = 63 tensors + 13 dead letters");
      }
    }
  }

  @Test
  void shouldRefuseToReplayIntoAnEpochThatIsNotWhole() throws Exception {
    Path data = images();
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of())) {
      String servers = broker.bootstrapServers();
      Map<String, Object> kafka = Map.of("bootstrap.servers", servers);
      try (Admin admin = Admin.create(kafka)) {
        topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, 1 << 20));
      }
      publishPart(kafka, data);

      assertThat(command(servers, ExitCode.CANNOT_START, "replay"))
          .contains("epoch 0 is not published whole", "produce with --epochs 1");
      publish(kafka, data, 1);
      assertThat(command(servers, 0, "replay", "--from", folder.toString()))
          .contains("Left out dog/large.jpg: there is no file " + folder.resolve("dog/large.jpg"))
          .contains("Nothing published: all 61 images were left out");
      assertThat(command(servers, ExitCode.CANNOT_START, "replay", "--from", "nowhere"))
          .contains("There is no folder nowhere (--from)");
    }
  }

  private String verify(String servers) throws Exception {
    try (MillraceProcess process =
        MillraceProcess.start(
            folder, "verify", "--prefix", topics.prefix(), "--bootstrap-servers", servers)) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      return process.output();
    }
  }

  private String command(String servers, int exitCode, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("dead-letters"));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--prefix", topics.prefix(), "--bootstrap-servers", servers));
    try (MillraceProcess process = MillraceProcess.start(folder, all.toArray(String[]::new))) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(exitCode);
      return process.output().replaceFirst("WARNING: Using incubator.*\n", "");
    }
  }

  private void publish(Map<String, Object> kafka, Path data, int epochs) throws Exception {
    ProducerOptions options = new ProducerOptions(1, epochs, MOST_BYTES, 1 << 30);
    try (Dataset dataset = Dataset.open(data, 0, 1);
        ImageProducer producer =
            new ImageProducer(options, topics, kafka, dataset, InstantSource.system())) {
      producer.run();
    }
  }

  // Nobody augments: so the producer is held back before the epoch's end.
  private void publishPart(Map<String, Object> kafka, Path data) throws Exception {
    for (int i = 0; i < 300; i++) {
      Files.write(
          data.resolve("cat/more-%d.jpg".formatted(i)),
          new byte[i % 5 == 0 ? MOST_BYTES + 1 : MOST_BYTES]);
    }
    ProducerOptions options = new ProducerOptions(1, 1, MOST_BYTES, 1 << 20);
    try (Dataset dataset = Dataset.open(data, 0, 1)) {
      ImageProducer producer =
          new ImageProducer(options, topics, kafka, dataset, InstantSource.system());
      Thread closer = new Thread(() -> closeAfter(40, producer));
      closer.start();
      producer.run();
      closer.join();
    }
  }

  private static void closeAfter(int images, ImageProducer producer) {
    while (producer.published() < images) {
      Thread.onSpinWait();
    }
    producer.close();
  }

  private Path images() throws IOException {
    Path data = folder.resolve("images");
    for (int i = 0; i < 20; i++) {
      Path of = Files.createDirectories(data.resolve(i % 2 == 0 ? "cat" : "dog"));
      Files.write(of.resolve(i + ".jpg"), jpeg(i));
    }
    byte[] whole = jpeg(20);
    Files.write(data.resolve("cat/cut.jpg"), Arrays.copyOf(whole, whole.length / 3));
    Files.write(data.resolve("dog/text.jpg"), "<html>no image</html>".getBytes(UTF_8));
    Files.write(data.resolve("dog/large.jpg"), new byte[MOST_BYTES + 1]);
    return data;
  }

  private static byte[] jpeg(int number) {
    byte[] rgb = new byte[SIDE * SIDE * Pixels.CHANNELS];
    for (int k = 0; k < rgb.length; k++) {
      rgb[k] = (byte) (number * 31 + k / 40);
    }
    return JpegEncoder.encode(new Pixels(SIDE, SIDE, rgb), 90);
  }

  private static AugmenterOptions augmenter() {
    return AugmenterOptions.builder()
        .resize(SIDE)
        .crop(SIDE)
        .threads(1)
        .commitInterval(Duration.ofMillis(100))
        .maxDeadLetterShare(1)
        .build();
  }

  private Consumer<String, SpecificRecord> reader(Map<String, Object> kafka) {
    Topic<SpecificRecord> topic = topics.tensors(Split.TRAIN);
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put("isolation.level", "read_committed");
    Consumer<String, SpecificRecord> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), topic.serde().deserializer());
    List<TopicPartition> all =
        IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic.name(), p)).toList();
    consumer.assign(all);
    consumer.seekToBeginning(all);
    return consumer;
  }

  /** Reads on until so many epochs have ended. */
  private void read(Consumer<String, SpecificRecord> reader, int epochs) {
    while (epochEnds < epochs * PARTITIONS) { // the test's time limit ends this
      reader
          .poll(Duration.ofMillis(50))
          .forEach(record -> {
            switch (record.value()) {
              case ImageTensor tensor ->
                  tensors
                      .computeIfAbsent(tensor.getEpoch(), _ -> new ArrayList<>())
                      .add(tensor.getId());
              case EpochEnd _ -> epochEnds++;
              default -> throw new AssertionError(record.value());
            }
          });
    }
  }
}
