package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.demo.DemoImages;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Preparing from the command line. */
@Timeout(120)
class PrepareIT {
  @TempDir private Path folder;
  private Path images;
  private Path prepared;

  @BeforeEach
  void draw() throws Exception {
    images = folder.resolve("images");
    prepared = folder.resolve("prepared");
    DemoImages.write(images, 1, 2, 1);
  }

  private String run(int exitCode, String... arguments) throws Exception {
    try (MillraceProcess process = MillraceProcess.start(folder, arguments)) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(exitCode);
      return process.output();
    }
  }

  private String prepare(int exitCode, Path output, String size) throws Exception {
    return run(
        exitCode,
        "prepare",
        "--data",
        images.toString(),
        "--output",
        output.toString(),
        "--size",
        size);
  }

  @ConcurrentTest
  void shouldPrepareADatasetThatOtherCommandsTake() throws Exception {
    Path broken = Files.write(images.resolve("train/circle/broken.jpg"), new byte[] {1, 2, 3, 4});

    assertThat(prepare(ExitCode.FAILED, prepared, "32"))
        .contains(
            "Preparing 25 training and 12 validation images of 12 classes into " + prepared,
            "Prepared 36 images in 2 shards: 0.0 MB",
            "dB in the mean",
            "1 images are broken and left out; " + prepared.resolve("millrace-broken.tsv"),
            broken + ": not a JPEG, PNG, WebP or GIF",
            "./millrace run --data " + prepared);
    assertThat(run(ExitCode.OK, "produce", "--data", prepared.toString(), "--dry-run"))
        .contains("24 training and 12 validation images of 12 classes", "No image is broken")
        .containsPattern("width +32 +32 +32")
        .containsPattern("circle +circle +2 +1");
    assertThat(prepare(ExitCode.CANNOT_START, prepared, "48"))
        .contains("it was begun with --size 32, now 48; give the same options");
  }

  @ConcurrentTest
  void shouldRefuseAFolderWithinTheDataset() throws Exception {
    assertThat(prepare(ExitCode.CANNOT_START, images.resolve("prepared"), "32"))
        .contains("within " + images + " (--data) they would be of the dataset");
  }
}
