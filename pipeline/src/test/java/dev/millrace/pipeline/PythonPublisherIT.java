package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.pipeline.verify.Verification;
import dev.millrace.pipeline.verify.Verifier;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of a producer in Python, before an augmenter. */
@Timeout(120)
class PythonPublisherIT {
  private static final Path EXAMPLE = Path.of("../examples/publish.py").toAbsolutePath();
  private static final int EPOCHS = 2;
  private static final int TRAIN = 36; // 12 classes
  private static final int VALIDATION = 12;

  @TempDir private Path folder;

  @Test
  void shouldMakeTensorsOfImagesThatPythonPublishes() throws Exception {
    Optional<String> python = python();
    assumeTrue(
        python.isPresent(),
        "No python3 here has avro and confluent_kafka: apt-get install python3-avro"
            + " python3-confluent-kafka, or pip install avro confluent-kafka");
    try (DrawnStream stream = DrawnStream.open(folder, 3, 1, Map.of(), 64 << 20)) {
      Topics topics = stream.topics("python");
      publish(python.get(), stream);
      try (AugmenterService augmenter = augmenter(topics, stream)) {
        augmenter.start();
        Verification verification;
        do {
          Thread.sleep(50); // the test's time limit ends this
          verification = new Verifier(topics, stream.kafka(), (_, _) -> {}).run();
          assertThat(verification.findings()).isEmpty();
        } while (verification.total().tensors() < EPOCHS * TRAIN + VALIDATION);
        assertThat(verification.total().deadLetters()).isZero();
      }

      Map<String, Integer> labels = labels("train");
      assertThat(labels).hasSize(TRAIN);
      assertThat(tensors(stream, topics, Split.TRAIN, 0)).isEqualTo(labels);
      assertThat(tensors(stream, topics, Split.TRAIN, 1)).isEqualTo(labels);
      assertThat(tensors(stream, topics, Split.VALIDATION, 0)).isEqualTo(labels("val"));
      assertThat(run(python.get(), stream)).as("again").isNotZero();
      assertThat(Files.readString(folder.resolve("python.log")))
          .contains("holds images already; use another --prefix");
    }
  }

  /** The first that has the libraries. */
  private static Optional<String> python() throws InterruptedException {
    for (String candidate : List.of("python3", "/usr/bin/python3")) {
      if (hasLibraries(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static boolean hasLibraries(String python) throws InterruptedException {
    try {
      return new ProcessBuilder(python, "-c", "import avro.io, confluent_kafka")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is none of that name
    }
  }

  private void publish(String python, DrawnStream stream) throws Exception {
    assertThat(run(python, stream)).as(() -> "output in " + folder.resolve("python.log")).isZero();
  }

  private int run(String python, DrawnStream stream) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            python,
            EXAMPLE.toString(),
            "--data",
            folder.resolve("images").toString(),
            "--bootstrap-servers",
            stream.servers(),
            "--prefix",
            "python",
            "--epochs",
            Integer.toString(EPOCHS));
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    return builder
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("python.log").toFile())
        .start()
        .waitFor();
  }

  private static AugmenterService augmenter(Topics topics, DrawnStream stream) {
    AugmenterOptions options =
        AugmenterOptions.builder()
            .resize(32)
            .crop(32)
            .commitInterval(Duration.ofMillis(100))
            .build();
    return new AugmenterService(options, topics, stream.kafka());
  }

  /** Class indexes of a split's files by id. */
  private Map<String, Integer> labels(String split) throws IOException {
    Path images = folder.resolve("images");
    List<String> classes;
    try (Stream<Path> folders = Files.list(images.resolve("train"))) {
      classes = folders.map(path -> path.getFileName().toString()).sorted().toList();
    }
    Map<String, Integer> labels = new TreeMap<>();
    for (int label = 0; label < classes.size(); label++) {
      try (Stream<Path> files = Files.list(images.resolve(split).resolve(classes.get(label)))) {
        for (Path file : files.toList()) {
          labels.put(images.relativize(file).toString(), label);
        }
      }
    }
    return labels;
  }

  /** Labels of an epoch's tensors by id. */
  private static Map<String, Integer> tensors(
      DrawnStream stream, Topics topics, Split split, int epoch) {
    Topic<SpecificRecord> topic = topics.tensors(split);
    Map<String, Object> properties = new HashMap<>(stream.kafka());
    properties.put("isolation.level", "read_committed");
    Map<String, Integer> labels = new TreeMap<>();
    try (KafkaConsumer<String, SpecificRecord> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), topic.serde().deserializer())) {
      List<TopicPartition> partitions =
          IntStream.range(0, DrawnStream.PARTITIONS)
              .mapToObj(p -> new TopicPartition(topic.name(), p))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer
            .poll(Duration.ofMillis(100))
            .forEach(record -> {
              if (record.value() instanceof ImageTensor tensor && tensor.getEpoch() == epoch) {
                labels.put(tensor.getId(), tensor.getLabel());
              }
            });
      }
    }
    return labels;
  }
}
