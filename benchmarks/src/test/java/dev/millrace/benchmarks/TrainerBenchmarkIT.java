package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TrainerBenchmarkIT {
  @TempDir private Path folder;

  @Test
  void shouldMeasureStepsFromMemoryAndFromKafka() throws Exception {
    BenchmarkRun run =
        BenchmarkRun.of(
            TrainerBenchmark.command(),
            folder.resolve("trainer.json"),
            "--model",
            "cifar10-quick",
            "--precision",
            "float32",
            "--minibatch-size",
            "16",
            "--steps",
            "5",
            "--python",
            "false"); // a program that fails

    assertThat(run.printed()).contains("peer.torch is missing: it says nothing");
    JsonNode figures = run.figures();
    assertThat(figures.path("train.cifar10-quick.fp32").asDouble()).isPositive();
    assertThat(figures.path("train.cifar10-quick.fp32.kafka").asDouble()).isPositive();
    assertThat(figures.path("train.cifar10-quick.kafka_over_memory").asDouble())
        .isBetween(0.01, 10.0);
    assertThat(figures.path("train.data_wait_share").asDouble()).isBetween(0.0, 1.0);
  }
}
