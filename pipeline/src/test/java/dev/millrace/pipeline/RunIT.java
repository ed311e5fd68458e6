package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.Pixels;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.demo.DemoImages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All services in one process, that is stopped and killed and started again. */
@Timeout(400)
class RunIT {
  private static final Pattern CHECKPOINT =
      Pattern.compile("default +(\\d+) .* kept +([0-9a-f]{12})");

  @TempDir private static Path folder;
  private static Path images;

  @BeforeAll
  static void draw() throws IOException {
    images = folder.resolve("images");
    DemoImages.write(images, 1, 24, 4); // 288: two minibatches of 128 and one of 32
  }

  private static MillraceProcess run(Path state, String... more) throws IOException {
    return run(images, state, more);
  }

  private static MillraceProcess run(Path data, Path state, String... more) throws IOException {
    String[] usual = {
      "run",
      "--data",
      data.toString(),
      "--data-dir",
      state.toString(),
      "--model",
      "cifar10-quick",
      "--dashboard-port",
      "-1",
      "--threads",
      "1",
      "--images-ahead",
      "16MiB",
      "--tensors-ahead",
      "16MiB"
    };
    String[] all = Arrays.copyOf(usual, usual.length + more.length);
    System.arraycopy(more, 0, all, usual.length, more.length);
    return MillraceProcess.start(folder, all);
  }

  /** Step and SHA-256 of the newest checkpoint in a data directory. */
  private static String newestCheckpoint(Path state) throws Exception {
    try (MillraceProcess broker =
        MillraceProcess.start(folder, "broker", "--data-dir", state.toString())) {
      broker.await("Ctrl-C stops it");
      Matcher address = Pattern.compile("Broker on (\\S+);").matcher(broker.output());
      assertThat(address.find()).isTrue();
      try (MillraceProcess list =
          MillraceProcess.start(
              folder, "checkpoints", "list", "--bootstrap-servers", address.group(1))) {
        assertThat(list.exitCode()).as(list.output()).isZero();
        Matcher found = CHECKPOINT.matcher(list.output());
        String newest = "";
        while (found.find()) {
          newest = found.group(1) + " " + found.group(2);
        }
        broker.interrupt();
        assertThat(broker.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
        return newest;
      }
    }
  }

  @Test
  void shouldEndWithTheSameWeightsWheneverItIsKilledOrStopped() throws Exception {
    Path calm = folder.resolve("calm");
    try (MillraceProcess process = run(calm, "--epochs", "6")) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(process.output())
          .contains("Finished run \"default\" at step 18, 6 whole epochs")
          .contains("Checkpoint of step 18: topics millrace.checkpoints and")
          .doesNotContain("Left out", "\tat ");
    }

    Path rough = folder.resolve("rough");
    for (String moment :
        new String[] {
          "Settings", "training and", "Broker on", "12 classes, on the", "Checkpoint of step"
        }) {
      try (MillraceProcess process = run(rough, "--epochs", "6", "--checkpoint-steps", "4")) {
        process.await(moment).kill();
      }
    }
    try (MillraceProcess process = run(rough, "--epochs", "6", "--checkpoint-steps", "4")) {
      process.await("resumes from the checkpoint of step").interrupt();
      assertThat(process.exitCode()).as(process.output()).isEqualTo(ExitCode.INTERRUPTED);
      assertThat(process.output())
          .containsAnyOf("Stopped run", "Finished run")
          .doesNotContain("Passed over");
    }
    try (MillraceProcess process = run(rough, "--epochs", "6", "--checkpoint-steps", "4")) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(process.output()).doesNotContain("Passed over", "Left out");
    }

    assertThat(newestCheckpoint(rough)).startsWith("18 ").isEqualTo(newestCheckpoint(calm));
  }

  @Test
  void shouldLeaveOutWhatIsNoImageAndTrainOnTheRest() throws Exception {
    Path data = folder.resolve("mixed");
    DemoImages.write(data, 2, 4, 2);
    Path circles = data.resolve("train/circle");
    byte[] good = Files.readAllBytes(circles.resolve("0000.jpg"));
    Files.writeString(circles.resolve("text.JPEG"), "not an image", StandardCharsets.UTF_8);
    Files.write(circles.resolve("truncated.jpg"), Arrays.copyOf(good, good.length / 2));
    Files.write(circles.resolve("empty.jpg"), new byte[0]);
    Files.write(circles.resolve("huge.jpg"), claiming(good, 20_000, 20_000));
    Files.write(circles.resolve("dot.jpg"), JpegEncoder.encode(new Pixels(1, 1, new byte[3]), 90));

    try (MillraceProcess process = run(data, folder.resolve("mixed-state"), "--epochs", "1")) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(process.output())
          .contains("53 training and 24 validation images of 12 classes")
          .contains("Left out 4 images; topic millrace.dead-letters says which and why")
          .contains("Finished run");
    }
  }

  @Test
  void shouldTrainOnWhatIsPutIntoAFolderWhileItRuns() throws Exception {
    Path incoming = Files.createDirectories(folder.resolve("incoming"));
    Path drawn = folder.resolve("later");
    DemoImages.write(drawn, 5, 12, 4);
    Files.move(drawn.resolve("val"), incoming.resolve("val"));
    String[] options = {
      "--settle",
      "100ms",
      "--epoch-images",
      "72",
      "--minibatch-size",
      "24",
      "--classes",
      "14",
      "--steps",
      "6",
      "--checkpoint-steps",
      "2"
    };
    Path state = folder.resolve("followed");

    try (MillraceProcess process = follow(incoming, state, options)) {
      process.await("14 classes, on the");
      Files.move(drawn.resolve("train"), incoming.resolve("train"));
      process.await("Checkpoint of step").kill();
    }
    DemoImages.write(folder.resolve("more"), 6, 12, 1);
    Files.move(folder.resolve("more/train/circle"), incoming.resolve("train/disc"));
    try (MillraceProcess process = follow(incoming, state, options)) {
      assertThat(process.exitCode()).as(process.output()).isZero();
      assertThat(process.output())
          .contains("Finished run \"default\" at step 6")
          .contains(", 48 images")
          .doesNotContain("Left out", "\tat ");
    }
  }

  private static MillraceProcess follow(Path incoming, Path state, String... more)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "run",
                "--follow",
                incoming.toString(),
                "--data-dir",
                state.toString(),
                "--model",
                "cifar10-quick",
                "--dashboard-port",
                "-1",
                "--threads",
                "1"));
    command.addAll(List.of(more));
    return MillraceProcess.start(folder, command.toArray(String[]::new));
  }

  @Test
  void shouldRefuseAnotherDatasetInTheSameDataDirectory() throws Exception {
    Path state = folder.resolve("first-dataset");
    try (MillraceProcess process = run(state, "--steps", "1")) {
      assertThat(process.exitCode()).as(process.output()).isZero();
    }
    Path other = folder.resolve("other");
    DemoImages.write(other, 3, 2, 1);
    Files.move(other.resolve("train/circle"), other.resolve("train/disc"));
    Files.move(other.resolve("val/circle"), other.resolve("val/disc"));

    try (MillraceProcess process = run(other, state, "--steps", "2")) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(ExitCode.CANNOT_START);
      assertThat(process.output())
          .contains("use another --prefix or, with run, another --data-dir")
          .doesNotContain("\tat ");
    }
  }

  // A JPEG whose header says another size than its data has.
  private static byte[] claiming(byte[] jpeg, int height, int width) {
    byte[] changed = jpeg.clone();
    for (int i = 0; i < changed.length - 8; i++) {
      if (changed[i] == (byte) 0xff && changed[i + 1] == (byte) 0xc0) {
        changed[i + 5] = (byte) (height >> 8);
        changed[i + 6] = (byte) height;
        changed[i + 7] = (byte) (width >> 8);
        changed[i + 8] = (byte) width;
        return changed;
      }
    }
    throw new IllegalStateException("No baseline JPEG");
  }
}
