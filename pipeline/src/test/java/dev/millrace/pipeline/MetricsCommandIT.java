package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

/** {@code millrace metrics} as a script uses it. */
@Timeout(180)
class MetricsCommandIT {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path folder;
  private final Topics topics = new Topics("millrace");
  private EmbeddedBroker broker;
  private KafkaProducer<String, byte[]> producer;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of());
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  @AfterEach
  void stop() {
    producer.close();
    broker.close();
  }

  private void createTopics() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      topics.createMissing(admin, new TopicSettings(1, (short) 1, 1 << 20));
    }
  }

  private void publish(byte[] value) throws Exception {
    producer.send(new ProducerRecord<>(topics.metrics().name(), "k", value)).get();
  }

  private void publish(String run, long step, Split split, Map<String, Double> values)
      throws Exception {
    TrainingMetric metric = new TrainingMetric(run, step, 0, split, NOW, values, "");
    publish(topics.metrics().serde().serializer().serialize(topics.metrics().name(), metric));
  }

  private void publishAFew() throws Exception {
    publish("first", 1, Split.TRAIN, Map.of("loss", 2.5, "learning_rate", 0.01));
    publish("first", 1, Split.VALIDATION, Map.of("loss", 2.25, "top1_error", 0.5));
    publish("second", 1, Split.TRAIN, Map.of("loss", 3.0));
  }

  private String[] arguments(String... more) {
    List<String> all = new ArrayList<>(List.of("metrics"));
    all.addAll(List.of(more));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    return all.toArray(String[]::new);
  }

  private MillraceProcess begin(String... more) throws Exception {
    return MillraceProcess.start(folder, arguments(more));
  }

  private String printed(int exitCode, String... more) throws Exception {
    try (MillraceProcess process = begin(more)) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(exitCode);
      return process.output();
    }
  }

  @Test
  void shouldPrintWhatIsThereAndEnd() throws Exception {
    createTopics();
    publishAFew();
    publish(new byte[] {1, 2, 3}); // no record of ours

    String all = printed(ExitCode.OK);
    assertThat(all).contains("Cannot read record millrace.metrics-0@3 as a metric");
    List<String> json = all.lines().filter(line -> line.startsWith("{")).toList();
    assertThat(json).hasSize(3);
    JsonNode second = new ObjectMapper().readTree(json.get(1));
    assertThat(second.at("/run").textValue()).isEqualTo("first");
    assertThat(second.at("/split").textValue()).isEqualTo("validation");
    assertThat(second.at("/values/top1_error").doubleValue()).isEqualTo(0.5);

    assertThat(printed(ExitCode.OK, "--format", "csv", "--run", "first").lines())
        .containsSubsequence(
            "time,run,split,step,epoch,learning_rate,loss,top1_error,verdict",
            "2026-01-01T00:00:00Z,first,train,1,0,0.01,2.5,,",
            "2026-01-01T00:00:00Z,first,validation,1,0,,2.25,0.5,");
    assertThat(
            printed(
                    ExitCode.OK,
                    "--format",
                    "csv",
                    "--values",
                    "top1_error,loss",
                    "--split",
                    "train")
                .lines())
        .containsSubsequence(
            "time,run,split,step,epoch,top1_error,loss,verdict",
            "2026-01-01T00:00:00Z,first,train,1,0,,2.5,",
            "2026-01-01T00:00:00Z,second,train,1,0,,3.0,");
    assertThat(printed(ExitCode.OK, "--run", "third"))
        .contains("there are runs first, second with values learning_rate, loss, top1_error");
  }

  @Test
  void shouldFollowUntilCtrlC() throws Exception {
    createTopics();
    try (MillraceProcess process = begin("--follow", "--format", "csv")) {
      publish("first", 1, Split.TRAIN, Map.of("loss", 2.5));
      process.await("\n2026-01-01T00:00:00Z,first,train,1,0,2.5,\n");
      publish("first", 2, Split.TRAIN, Map.of("loss", 2.0));
      process.await("\n2026-01-01T00:00:00Z,first,train,2,0,2.0,\n");
      publish("first", 3, Split.TRAIN, Map.of("loss", 1.5, "new", 1.0));
      process.await("Value new came after the heading and has no column");

      process.interrupt();
      assertThat(process.exitCode()).as(process.output()).isEqualTo(ExitCode.INTERRUPTED);
    }
  }

  @Test
  void shouldEndWhenNobodyReadsAnyMore() throws Exception {
    createTopics();
    publishAFew();
    Process shell = shell(" | head -n 2; echo \"exit code ${PIPESTATUS[0]}\"", "--follow");
    try (var output = shell.inputReader()) {
      assertThat(output.readLine()).contains("\"run\":\"first\"");
      assertThat(output.readLine()).contains("\"run\":\"first\"");
      // Only writing tells that the reader has left.
      String end = null;
      while (end == null) {
        publish("second", 2, Split.TRAIN, Map.of("loss", 2.0));
        end = output.ready() ? output.readLine() : null;
      }
      assertThat(end).isEqualTo("exit code 0");
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly();
    }
  }

  @Test
  void shouldFailWhenTheDiskIsFull() throws Exception {
    createTopics();
    publishAFew();
    Process shell = shell(" 2>&1 > /dev/full; echo \"exit code $?\"");

    assertThat(shell.inputReader().lines().collect(Collectors.joining("\n")))
        .contains("Cannot write the metrics: No space left on device")
        .endsWith("exit code 1");
  }

  private Process shell(String behind, String... more) throws Exception {
    String command =
        MillraceProcess.command(arguments(more)).stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" "));
    return new ProcessBuilder("bash", "-c", command + behind).start();
  }

  @Test
  void shouldSayWhatIsWrong() throws Exception {
    assertThat(printed(ExitCode.CANNOT_START)).contains("There is no topic millrace.metrics");
    assertThat(printed(ExitCode.USAGE, "--values", "loss,,top1_error"))
        .contains("--values must be names with commas between, found \"loss,,top1_error\"");
    assertThat(printed(ExitCode.USAGE, "--split", "test")).contains("TRAIN, VALIDATION");
  }
}
