package dev.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.dashboard.tensorboard.EventFiles;
import dev.millrace.dashboard.tensorboard.Picture;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

/** TensorBoard's files, read by TensorFlow, which checks both checksums, and by TensorBoard. */
@Timeout(180)
class EventFilesIT {
  private static final String FILE = "events.out.tfevents.millrace";
  private static final String RUN_FOLDER = "a-run--_01a442ef3590fe55";
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.500Z");

  @TempDir private Path folder;
  private final Topics topics = new Topics("events");
  private Path written;
  private EmbeddedBroker broker;
  private Map<String, Object> kafka;
  private KafkaProducer<String, byte[]> producer;

  @BeforeEach
  void start() throws Exception {
    written = folder.resolve("tensorboard");
    broker = EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of());
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    producer = new KafkaProducer<>(kafka, new StringSerializer(), new ByteArraySerializer());
    try (Admin admin = Admin.create(kafka)) {
      topics.createMissing(admin, new TopicSettings(1, (short) 1, 1 << 20));
    }
  }

  @AfterEach
  void stop() {
    producer.close();
    broker.close();
  }

  private void publish(long step, Split split, Map<String, Double> values) throws Exception {
    TrainingMetric metric =
        new TrainingMetric("a run/é", step, 0, split, NOW.plusSeconds(step), values, "");
    String topic = topics.metrics().name();
    producer
        .send(
            new ProducerRecord<>(
                topic, "run", topics.metrics().serde().serializer().serialize(topic, metric)))
        .get();
  }

  private void publishSteps(long first, long last) throws Exception {
    for (long step = first; step <= last; step++) {
      publish(step, Split.TRAIN, Map.of("loss", 1.0 / step, "learning_rate", 0.01));
    }
    publish(last, Split.VALIDATION, Map.of("loss", 2.0 / last, "top1_error", 0.25));
  }

  private static Picture picture(long step) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(12, 8, BufferedImage.TYPE_INT_RGB), "png", png);
    return new Picture(
        "kernels", step, NOW.plusSeconds(step), 12, 8, 3, ByteBuffer.wrap(png.toByteArray()));
  }

  /** The run's name is none for a folder. */
  private Path file(String part) {
    return written.resolve(RUN_FOLDER).resolve(part).resolve(FILE);
  }

  @Test
  void shouldBeWhatTensorFlowReads() throws Exception {
    publishSteps(1, 3);
    try (EventFiles files = EventFiles.start(written, topics.metrics(), kafka)) {
      awaitEvents("validation", 3);
      files.picture("a run/é", picture(3));
    }

    List<Event> train = TensorFlowEvents.read(file("train"));
    assertThat(train.get(0).getFileVersion()).isEqualTo("brain.Event:2");
    assertThat(train.get(1).getSessionLog().getStatus()).isEqualTo(SessionLog.SessionStatus.START);
    assertThat(train).hasSize(5);
    assertThat(train.get(4).getStep()).isEqualTo(3);
    assertThat(train.get(4).getWallTime()).isEqualTo(NOW.plusSeconds(3).toEpochMilli() / 1e3);
    assertThat(train.get(4).getSummary().getValueList())
        .extracting(Summary.Value::getTag, Summary.Value::getSimpleValue)
        .containsExactly(tuple("learning_rate", 0.01f), tuple("loss", (float) (1.0 / 3)));
    assertThat(TensorFlowEvents.read(file("validation")).get(2).getSummary().getValueList())
        .extracting(Summary.Value::getTag)
        .containsExactly("error/top1", "loss");
    Summary.Image image =
        TensorFlowEvents.read(file("pictures")).get(2).getSummary().getValue(0).getImage();
    assertThat(List.of(image.getWidth(), image.getHeight(), image.getColorspace()))
        .containsExactly(12, 8, 3);
    assertThat(ImageIO.read(image.getEncodedImageString().newInput()).getWidth()).isEqualTo(12);
  }

  @Test
  void shouldBeRefusedByTensorFlowWhereABitIsWrong() throws Exception {
    publishSteps(1, 3);
    EventFiles.start(written, topics.metrics(), kafka).close(); // makes the folder
    try (EventFiles _ = EventFiles.start(written, topics.metrics(), kafka)) {
      awaitEvents("validation", 3);
    }
    byte[] bytes = Files.readAllBytes(file("train"));
    bytes[bytes.length - 10] ^= 1;
    Path damaged = Files.write(folder.resolve(FILE), bytes);

    assertThatThrownBy(() -> TensorFlowEvents.read(damaged))
        .hasMessageContaining("corrupted record");
  }

  @Test
  void shouldGoOnAfterARestartWithoutWritingAPointTwice() throws Exception {
    publishSteps(1, 3);
    try (EventFiles _ = EventFiles.start(written, topics.metrics(), kafka)) {
      awaitEvents("validation", 3);
    }
    publishSteps(4, 6);
    try (EventFiles _ = EventFiles.start(written, topics.metrics(), kafka)) {
      awaitEvents("validation", 4);
    }

    assertThat(TensorFlowEvents.read(file("train")).stream().skip(2).map(Event::getStep))
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(TensorFlowEvents.read(file("validation")).stream().skip(2).map(Event::getStep))
        .containsExactly(3L, 6L);
  }

  @Test
  void shouldBeShownByTensorBoardWithoutTheStepsThatWereRepeated() throws Exception {
    Optional<String> python = python();
    assumeTrue(python.isPresent(), "No python3 here has tensorboard: pip install tensorboard");
    publishSteps(1, 6);
    publishSteps(4, 5); // went on from a checkpoint
    try (EventFiles files = EventFiles.start(written, topics.metrics(), kafka)) {
      awaitEvents("validation", 5);
      files.picture("a run/é", picture(5));
    }

    assertThat(shown(python.get(), "train", "Scalars", "loss"))
        .isEqualTo("1:1.0 2:0.5 3:0.333333 4:0.25 5:0.2");
    assertThat(shown(python.get(), "validation", "Scalars", "error/top1")).isEqualTo("5:0.25");
    assertThat(shown(python.get(), "pictures", "Images", "kernels")).isEqualTo("5:12x8");
  }

  @Test
  void shouldBeWrittenByTheDashboardCommand() throws Exception {
    publishSteps(1, 3);
    try (MillraceProcess dashboard = dashboard()) {
      dashboard.await("Files for TensorBoard in " + written);
      awaitEvents("validation", 3);
      try (MillraceProcess second = dashboard()) {
        assertThat(second.exitCode()).as(second.output()).isEqualTo(ExitCode.CANNOT_START);
        assertThat(second.output())
            .contains(
                "Cannot write files for TensorBoard (--tensorboard): %s is written by another dashboard"
                    .formatted(written));
      }

      dashboard.interrupt();
      assertThat(dashboard.exitCode()).as(dashboard.output()).isEqualTo(ExitCode.INTERRUPTED);
    }
    assertThat(TensorFlowEvents.read(file("train"))).hasSize(5);
  }

  private MillraceProcess dashboard() throws IOException {
    return MillraceProcess.start(
        folder,
        "dashboard",
        "--tensorboard",
        written.toString(),
        "--dashboard-port",
        "0",
        "--prefix",
        topics.prefix(),
        "--bootstrap-servers",
        broker.bootstrapServers());
  }

  private static Optional<String> python() throws Exception {
    for (String candidate : List.of("python3", "/usr/bin/python3")) {
      Process process =
          new ProcessBuilder(candidate, "-c", "import tensorboard")
              .redirectErrorStream(true)
              .start();
      process.getInputStream().readAllBytes();
      if (process.waitFor() == 0) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private String shown(String python, String part, String kind, String tag) throws Exception {
    String script =
        """
        import sys
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        folder, kind, tag = sys.argv[1:]
        events = EventAccumulator(folder, size_guidance={"scalars": 0, "images": 0}).Reload()
        def text(e):
            return f"{e.width}x{e.height}" if kind == "Images" else str(round(e.value, 6))
        print(" ".join(f"{e.step}:{text(e)}" for e in getattr(events, kind)(tag)))
        """;
    Process process =
        new ProcessBuilder(python, "-c", script, String.valueOf(file(part).getParent()), kind, tag)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new String(process.getInputStream().readAllBytes(), UTF_8).strip();
  }

  private void awaitEvents(String part, int events) throws Exception {
    Path run = file(part);
    while (!Files.exists(run) || TensorFlowEvents.read(run).size() < events) {
      Thread.sleep(50); // the test's time limit ends this
    }
  }
}
