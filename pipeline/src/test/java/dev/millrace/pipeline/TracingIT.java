package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.TraceReceiver.ReceivedSpan;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.demo.DemoImages;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images' traces through the processes of a producer, an augmenter and a trainer. */
@Timeout(180)
class TracingIT {
  private static final int TRAIN = 48; // 12 classes of four
  private static final int VALIDATION = 12;
  private static final int PARTITIONS = 2;

  @TempDir private Path folder;
  private Path images;
  private EmbeddedBroker broker;

  @BeforeEach
  void start() throws Exception {
    images = folder.resolve("images");
    DemoImages.write(images, 1, 4, 1);
    broker = EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of());
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private MillraceProcess service(String command, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of(more));
    arguments.addAll(
        List.of("--metrics-port", "-1", "--bootstrap-servers", broker.bootstrapServers()));
    return MillraceProcess.start(folder, arguments.toArray(String[]::new));
  }

  private void produce(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--data",
                images.toString(),
                "--epochs",
                "1",
                "--partitions",
                Integer.toString(PARTITIONS)));
    arguments.addAll(List.of(more));
    try (MillraceProcess producer = service("produce", arguments.toArray(String[]::new))) {
      assertThat(producer.exitCode()).as(producer.output()).isEqualTo(ExitCode.OK);
    }
  }

  @Test
  void shouldFollowImagesFromTheProducerToTheStepThatUsedThem() throws Exception {
    try (TraceReceiver receiver = new TraceReceiver()) {
      String[] traced = {"--trace-endpoint", receiver.address(), "--trace-ratio", "0.5"};
      produce(traced);
      try (MillraceProcess augmenter =
          service("augment", "--model", "cifar10-quick", "--trace-endpoint", receiver.address())) {
        try (MillraceProcess trainer =
            service(
                "train",
                "--model",
                "cifar10-quick",
                "--minibatch-size",
                "16",
                "--epochs",
                "1",
                "--threads",
                "1",
                "--trace-endpoint",
                receiver.address())) {
          assertThat(trainer.exitCode())
              .as(trainer.output() + augmenter.output())
              .isEqualTo(ExitCode.OK);
        }
        augmenter.interrupt();
        assertThat(augmenter.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
      }

      Map<String, ReceivedSpan> spans =
          receiver.spans().stream()
              .collect(Collectors.toMap(ReceivedSpan::id, Function.identity()));
      Set<String> followed = new TreeSet<>();
      for (ReceivedSpan step : spans.values()) {
        if (step.name().equals("millrace.train")) {
          ReceivedSpan augment = Objects.requireNonNull(spans.get(step.parent()));
          ReceivedSpan publish = Objects.requireNonNull(spans.get(augment.parent()));
          assertThat(List.of(publish.name(), augment.name()))
              .containsExactly("millrace.publish", "millrace.augment");
          assertThat(List.of(publish.service(), augment.service(), step.service()))
              .containsExactly("millrace-producer", "millrace-augmenter", "millrace-trainer");
          assertThat(List.of(augment.trace(), step.trace())).containsOnly(publish.trace());
          assertThat(publish.parent()).isEmpty();
          assertThat(publish.begin()).isLessThanOrEqualTo(augment.begin());
          assertThat(augment.begin()).isLessThanOrEqualTo(augment.end());
          assertThat(augment.end()).isLessThanOrEqualTo(step.begin());
          assertThat(step.begin()).isLessThan(step.end());
          assertThat(step.attributes().get("millrace.step")).isIn("1", "2", "3");
          assertThat(followed.add(publish.attributes().get("millrace.image.id"))).isTrue();
        }
      }
      Map<String, Long> byName = new HashMap<>();
      spans.values().forEach(span -> byName.merge(span.name(), 1L, Long::sum));
      // About half of them; those of the validation split come to an augmenter and no further.
      assertThat((long) followed.size()).isBetween(TRAIN / 4L, TRAIN * 3 / 4L);
      assertThat(byName)
          .containsEntry("millrace.train", (long) followed.size())
          .containsEntry("millrace.augment", byName.get("millrace.publish"));
      assertThat(byName.get("millrace.publish"))
          .isBetween((long) followed.size(), (long) followed.size() + VALIDATION);
    }
  }

  @Test
  void shouldWriteNoHeadersUnlessAskedTo() throws Exception {
    produce();

    int read = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      String topic = new Topics("millrace").images(Split.TRAIN).name();
      List<TopicPartition> partitions =
          IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (read < TRAIN + PARTITIONS) { // epochs' ends, too
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          assertThat(record.headers()).isEmpty();
          read++;
        }
      }
    }
  }

  @Test
  void shouldPublishWhereNoCollectorAnswers() throws Exception {
    produce("--trace-endpoint", "http://127.0.0.1:9", "--trace-ratio", "1");
  }

  @Test
  void shouldSayWhatIsWrong() throws Exception {
    try (MillraceProcess process = service("augment", "--trace-ratio", "2")) {
      assertThat(process.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(process.output()).contains("--trace-ratio must be from 0 to 1, found 2.0");
    }
    try (MillraceProcess process = service("augment", "--trace-endpoint", "localhost:4318")) {
      assertThat(process.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(process.output())
          .contains("--trace-endpoint must be an address such as http://localhost:4318");
    }
  }
}
