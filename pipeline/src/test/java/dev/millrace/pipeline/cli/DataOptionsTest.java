package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.producer.archive.S3Key;
import dev.millrace.producer.dataset.Location;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class DataOptionsTest {
  @Command
  private static final class Some {
    @Mixin private DataOptions data = new DataOptions();
  }

  private final Some command = new Some();
  private final CommandLine line = new CommandLine(command);

  @Test
  void shouldTakePathsAndAddresses() {
    line.parseArgs("--data", "a/b-{0..9}.tar");
    assertThat(command.data.location()).isEqualTo(new Location.Local(Path.of("a/b-{0..9}.tar")));

    line.parseArgs("--data", "S3://bucket");
    assertThat(command.data.location()).isEqualTo(new Location.Store(new S3Key("bucket", "")));

    line.parseArgs("--data", "s3://bucket/a/b/");
    assertThat(command.data.location()).isEqualTo(new Location.Store(new S3Key("bucket", "a/b/")));

    assertThatThrownBy(() -> line.parseArgs("--data", "s3:///a"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("expected s3://bucket/prefix/");
  }

  @Test
  void shouldShowNoSecretsOfAddresses() {
    line.parseArgs("--data", "https://me:secret@host/a-{0..9}.tar?signature=secret");

    assertThat(command.data.location())
        .isEqualTo(new Location.Web("https://me:secret@host/a-{0..9}.tar?signature=secret"));
    assertThat(SettingsSources.effective(line.getCommandSpec()))
        .containsEntry("data", "https://host/a-{0..9}.tar")
        .containsEntry("shuffle-buffer", "256 MiB")
        .containsEntry("validation-fraction", "0.1");
  }

  @Test
  void shouldNameAllValuesOutOfRange() {
    line.parseArgs("--data", "a", "--shuffle-buffer", "100k", "--validation-fraction", "1");

    assertThatThrownBy(() -> command.data.open(1, new LongAdder()))
        .isInstanceOf(ParameterException.class)
        .hasMessageContainingAll(
            "validation-fraction must be from 0 to 0.9, found 1.0", "shuffle-buffer", "1 MiB");
  }
}
