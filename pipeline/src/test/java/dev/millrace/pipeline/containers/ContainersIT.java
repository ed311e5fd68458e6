package dev.millrace.pipeline.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.pipeline.demo.DemoImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs docker-compose.yml with the image of what has just been built. */
@Timeout(420)
class ContainersIT {
  private static final int EPOCHS = 60;
  private static final int STEPS = 2 * EPOCHS; // 240 images, two minibatches of at most 128

  @TempDir private static Path directory;

  @Test
  void shouldTrainThroughThreeBrokersWhileOneOfThemIsStopped() throws Exception {
    assumeTrue(Docker.answers(), "No Docker engine answers: container tests need one");
    Docker.buildImage();
    Path images = directory.resolve("images");
    DemoImages.write(images, 1, 20, 5);
    Files.setPosixFilePermissions(images, PosixFilePermissions.fromString("rwxr-xr-x"));

    try (Compose compose =
        Compose.up(
            Map.of("MILLRACE_DATA", images.toString(), "MILLRACE_EPOCHS", "" + EPOCHS),
            "kafka-1",
            "kafka-2",
            "kafka-3",
            "producer",
            "augmenter",
            "trainer")) {
      compose.awaitLog("trainer", "Checkpoint of step 10 written", Duration.ofMinutes(3));
      compose.stopContainer("kafka-2");
      compose.startContainer("kafka-2");

      assertThat(compose.awaitExit("trainer", Duration.ofMinutes(3)))
          .as("exit code, after %s", compose.log("trainer"))
          .isZero();
      assertThat(compose.log("trainer"))
          .contains("Finished run \"default\" at step %d".formatted(STEPS))
          .contains("Checkpoint of step %d written".formatted(STEPS))
          .doesNotContain("Left out");
      assertThat(compose.awaitExit("producer", Duration.ofMinutes(1))).isZero();
      assertThat(compose.log("producer")).contains("0 dead letters");
    }
  }
}
