package dev.millrace.pipeline.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.cli.CannotStartException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir private Path folder;

  private void refuses(Path root, String message) {
    assertThatThrownBy(() -> DataDirectory.open(root).close())
        .isInstanceOf(CannotStartException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldOpenWhatItMade() throws Exception {
    Path root = folder.resolve("a/b");

    DataDirectory.open(root).close();
    try (DataDirectory again = DataDirectory.open(root)) {
      assertThat(again.root()).isEqualTo(root);
    }
  }

  @Test
  void shouldServeOneAtATime() throws Exception {
    Path root = folder.resolve("state");

    try (DataDirectory _ = DataDirectory.open(root)) {
      refuses(root, "another millrace is running in it");
    }
    DataDirectory.open(root).close();
  }

  @Test
  void shouldRefuseAFileAndAFolderWithOtherThings() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    Files.writeString(foreign.resolve("thesis.tex"), "");

    refuses(file, "it is a file");
    refuses(foreign, "it holds other files");
  }

  @Test
  void shouldRefuseAnotherVersion() throws Exception {
    Path root = folder.resolve("state");
    DataDirectory.open(root).close();
    Files.writeString(root.resolve("millrace-version"), "7\n");

    refuses(root, "version \"7\", this Millrace knows 1");
  }

  @Test
  void shouldOpenWhereItsMakingWasCutShort() throws Exception {
    Path root = Files.createDirectory(folder.resolve("state"));
    Files.writeString(root.resolve("millrace-lock"), "");
    Files.writeString(root.resolve("millrace-version.new"), "");

    DataDirectory.open(root).close();

    assertThat(root.resolve("millrace-version")).hasContent("1");
  }

  @Test
  void shouldNameBothFiguresWhenTheDiskIsTooSmall() throws Exception {
    try (DataDirectory directory = DataDirectory.open(folder.resolve("state"))) {
      directory.requireFree(1);

      assertThatThrownBy(() -> directory.requireFree(Long.MAX_VALUE))
          .isInstanceOf(CannotStartException.class)
          .hasMessageContaining("may take 8388608 TiB, the disk has");
    }
  }
}
