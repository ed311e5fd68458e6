package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.demo.DemoImages;
import dev.millrace.pipeline.verify.Verification;
import dev.millrace.pipeline.verify.Verifier;
import dev.millrace.schemas.CheckpointChunk;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two workers in processes of their own, one of which is killed. */
@Timeout(240)
class WorkersIT {
  private static final int EPOCHS = 4;
  private static final int IMAGES = 12 * 24; // an epoch
  private static final int MINIBATCH = 8;
  private static final int STEPS = EPOCHS * IMAGES / MINIBATCH;
  private static final SplittableRandom RANDOM = new SplittableRandom(11);

  @TempDir private static Path folder;
  private static EmbeddedBroker broker;
  private static Path images;

  @BeforeAll
  static void start() throws Exception {
    images = folder.resolve("images");
    DemoImages.write(images, 1, 24, 4);
    broker = EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of());
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void shouldGoOnFromTheLastCheckpointWithTheWorkerThatRemains(int killed) throws Exception {
    String prefix = "kill" + killed;
    Topics topics = new Topics(prefix);
    try (Admin admin = Admin.create(kafka())) {
      topics.createMissing(admin, TopicSettings.DEFAULT);
    }
    String workers = "localhost:%d,localhost:%d".formatted(freePort(), freePort());
    try (MillraceProcess alone = train(prefix, "alone");
        MillraceProcess first = train(prefix, "group", "--workers", workers, "--worker", "0");
        MillraceProcess second = train(prefix, "group", "--workers", workers, "--worker", "1");
        MillraceProcess _ = service(prefix, "augment", "--model", "cifar10-quick")) {
      MillraceProcess victim = killed == 0 ? first : second;
      MillraceProcess survivor = killed == 0 ? second : first;
      awaitRegistered(topics, List.of("alone", "group"));
      try (MillraceProcess produce =
          service(
              prefix,
              "produce",
              "--data",
              images.toString(),
              "--epochs",
              Integer.toString(EPOCHS))) {
        awaitStep(topics, "group", RANDOM.nextInt(12, STEPS / 2), produce);
        victim.kill();
        long begin = System.nanoTime();
        survivor.await("finding out who remains of the team of 0, 1");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        assertThat(produce.exitCode()).as(produce.output()).isEqualTo(ExitCode.OK);
      }

      assertThat(survivor.exitCode()).as(survivor.output()).isEqualTo(ExitCode.OK);
      assertThat(survivor.output())
          .contains(
              "worker %d trains in a team of 0, 1".formatted(1 - killed),
              "worker %d: worker %d is gone".formatted(1 - killed, killed),
              "worker %1$d trains in a team of %1$d%n".formatted(1 - killed))
          .contains("Finished run \"group\" at step %d".formatted(STEPS));
      assertThat(alone.exitCode()).as(alone.output()).isEqualTo(ExitCode.OK);
    }

    Verification verification = new Verifier(topics, kafka(), (_, _) -> {}).run();
    assertThat(verification.findings()).isEmpty();
    assertThat(verification.reconciles()).isTrue();
    CheckpointManifest joint = newest(topics, "group");
    CheckpointManifest single = newest(topics, "alone");
    assertThat(joint.getStep()).isEqualTo(STEPS);
    assertThat(joint.getOffsets()).isEqualTo(single.getOffsets());
    for (String kept : List.of("images", "image_digest", "missing", "dead_letters")) {
      assertThat(joint.getState().get(kept))
          .as(kept)
          .isNotNull()
          .isEqualTo(single.getState().get(kept));
    }
    assertThat(distance(weights(topics, joint), weights(topics, single))).isLessThan(1e-3);
  }

  private static Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  private static MillraceProcess train(String prefix, String run, String... more)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--model",
                "cifar10-quick",
                "--run",
                run,
                "--classes", // so that it begins before there is a class list
                "12",
                "--epochs",
                Integer.toString(EPOCHS),
                "--minibatch-size",
                Integer.toString(MINIBATCH),
                "--learning-rate",
                "0.001",
                "--threads",
                "1",
                "--checkpoint-steps",
                "10",
                "--device",
                "cpu"));
    arguments.addAll(List.of(more));
    return service(prefix, arguments.toArray(String[]::new));
  }

  private static MillraceProcess service(String prefix, String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers(), "--prefix", prefix));
    return MillraceProcess.start(folder, all.toArray(String[]::new));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  // From then on no tensor is deleted before a run is through with it.
  private static void awaitRegistered(Topics topics, List<String> runs) {
    List<String> missing = new ArrayList<>(runs);
    try (Consumer<String, Progress> consumer = consumer(topics.progress())) {
      while (!missing.isEmpty()) { // the test's time limit ends this
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(found -> missing.remove(found.value().getRun()));
      }
    }
  }

  private static void awaitStep(Topics topics, String run, long step, MillraceProcess produce)
      throws IOException {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    boolean done = false;
    try (Consumer<String, TrainingMetric> consumer = consumer(topics.metrics())) {
      while (!done) {
        assertThat(System.nanoTime()).as("No images? %s", produce.output()).isLessThan(end);
        for (var metric : consumer.poll(Duration.ofMillis(20))) {
          done |= metric.value().getRun().equals(run) && metric.value().getStep() >= step;
        }
      }
    }
  }

  private static <V> Consumer<String, V> consumer(Topic<V> topic) {
    Consumer<String, V> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "isolation.level",
                "read_committed"),
            new StringDeserializer(),
            topic.serde().deserializer());
    List<TopicPartition> partitions = List.of(new TopicPartition(topic.name(), 0));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  private static <V> List<V> all(Topic<V> topic) {
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    List<V> values = new ArrayList<>();
    try (Consumer<String, V> consumer = consumer(topic)) {
      long end = consumer.endOffsets(List.of(partition)).values().iterator().next();
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(found -> values.add(found.value()));
      }
    }
    return values;
  }

  private static CheckpointManifest newest(Topics topics, String run) {
    return all(topics.checkpoints()).reversed().stream()
        .filter(manifest -> manifest.getRun().equals(run))
        .findFirst()
        .orElseThrow();
  }

  /** What is behind the header of the safetensors file: all weights and momenta. */
  private static FloatBuffer weights(Topics topics, CheckpointManifest manifest)
      throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (CheckpointChunk chunk : all(topics.checkpointChunks())) {
      if (chunk.getRun().equals(manifest.getRun()) && chunk.getStep() == manifest.getStep()) {
        byte[] bytes = new byte[chunk.getBytes().remaining()];
        chunk.getBytes().duplicate().get(bytes);
        file.write(bytes);
      }
    }
    ByteBuffer bytes = ByteBuffer.wrap(file.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.remaining()).isEqualTo(Math.toIntExact(manifest.getBytes()));
    int header = Math.toIntExact(bytes.getLong(0));
    return bytes
        .slice(Long.BYTES + header, bytes.limit() - Long.BYTES - header)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer();
  }

  /** How far they are apart, as a share of their size. */
  private static double distance(FloatBuffer one, FloatBuffer other) {
    assertThat(one.remaining()).isEqualTo(other.remaining());
    double apart = 0;
    double size = 0;
    for (int i = 0; i < one.remaining(); i++) {
      double difference = (double) one.get(i) - other.get(i);
      apart += difference * difference;
      size += (double) other.get(i) * other.get(i);
    }
    return Math.sqrt(apart / size);
  }
}
