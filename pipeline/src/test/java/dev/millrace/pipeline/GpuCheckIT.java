package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the check says where there is no GPU; all but the device itself is the same there. */
@Timeout(180)
class GpuCheckIT {
  @TempDir private Path folder;

  @Test
  void shouldSayWhatIsMissingWhereThereIsNoGpu() throws Exception {
    try (MillraceProcess process = MillraceProcess.start(folder, "gpu-check")) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(ExitCode.CANNOT_START);
      assertThat(process.output())
          .contains("libcudart.so.12", "missing: see LD_LIBRARY_PATH", "Cannot train on a GPU");
    }
  }

  @Test
  void shouldTimeStepsFromMemoryAndFromKafkaAndLeaveNothingBehind() throws Exception {
    Path topics = folder.resolve("topics");
    try (MillraceProcess process =
        MillraceProcess.start(
            folder,
            "gpu-check",
            "--device",
            "cpu",
            "--model",
            "cifar10-quick",
            "--precision",
            "float32",
            "--minibatch-size",
            "16",
            "--classes",
            "10",
            "--steps",
            "5",
            "--folder",
            topics.toString())) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(ExitCode.OK);
      assertThat(process.output())
          .containsPattern("float32 +from memory +[0-9,]+ images/s, a step [0-9.]+ ms")
          .containsPattern("float32 +from Kafka +[0-9,]+ images/s, .*waits [0-9.]+% of the time");
    }
    try (Stream<Path> left = Files.list(topics)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void shouldRefuseXlaOnAProcessor() throws Exception {
    try (MillraceProcess process =
        MillraceProcess.start(folder, "train", "--device", "cpu", "--xla")) {
      assertThat(process.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(process.output()).contains("xla needs device gpu, found cpu");
    }
  }
}
