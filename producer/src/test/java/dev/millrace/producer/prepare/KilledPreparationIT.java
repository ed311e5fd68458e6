package dev.millrace.producer.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.producer.dataset.Dataset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Preparing in a process that is killed as by {@code kill -9}. */
@Timeout(60)
class KilledPreparationIT {
  private static final int SHARDS = 100; // of two images

  @TempDir private Path folder;

  @Test
  void shouldComeToTheSameBytesAfterItWasKilled() throws Exception {
    Path data = folder.resolve("data");
    TestFolder.draw(data, SHARDS / 2);
    Path killed = folder.resolve("killed");
    Path whole = folder.resolve("whole");
    for (int least : new int[] {5, 40}) {
      kill(data, killed, least);
      assertThat(tars(killed)).isBetween(least, SHARDS - 1);
      assertThat(killed.resolve("millrace-classes.tsv")).doesNotExist();
    }

    try (Dataset dataset = Dataset.open(data, 0.2, 1)) {
      PrepareSummary resumed = new Preparation(dataset, killed, PrepareProcess.OPTIONS, 2).run();
      PrepareSummary at = new Preparation(dataset, whole, PrepareProcess.OPTIONS, 2).run();

      assertThat(resumed).isEqualTo(at);
      assertThat(resumed.shards()).isEqualTo(SHARDS);
    }
    TestFolder.assertSame(killed, whole);
  }

  private void kill(Path data, Path output, int least) throws Exception {
    Path log = folder.resolve("log");
    Process process = PrepareProcess.start(data, output, log);
    try {
      while (!Files.exists(output) || tars(output) < least) {
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        Thread.sleep(1);
      }
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }

  private static int tars(Path output) throws Exception {
    return (int) TestFolder.names(output).stream().filter(name -> name.endsWith(".tar")).count();
  }
}
