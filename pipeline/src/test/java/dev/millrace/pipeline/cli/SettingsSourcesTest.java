package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class SettingsSourcesTest {
  @TempDir Path folder;

  @Test
  void shouldPreferCommandLineThenEnvironmentThenFileThenDefault() throws Exception {
    Path file = Files.writeString(folder.resolve("settings"), "prefix=file\npartitions=7\n");
    String config = "--config=" + file;
    Map<String, String> environment = Map.of("MILLRACE_PREFIX", "environment");

    assertThat(parse(environment, config, "--prefix", "line").topics.topics().prefix())
        .isEqualTo("line");
    assertThat(parse(environment, config).topics.topics().prefix()).isEqualTo("environment");
    assertThat(parse(Map.of(), config).topics.topics().prefix()).isEqualTo("file");
    assertThat(parse(Map.of(), config).topics.settings().partitions()).isEqualTo(7);
    assertThat(parse(Map.of()).topics.settings().partitions()).isEqualTo(4);
  }

  @Test
  void shouldTakeTheSettingsFileFromTheEnvironment() throws Exception {
    Path file = Files.writeString(folder.resolve("settings"), "prefix=file\n");

    Example example = parse(Map.of("MILLRACE_CONFIG", file.toString()));

    assertThat(example.topics.topics().prefix()).isEqualTo("file");
  }

  @Test
  void shouldNameTheNearestSettingForAnUnknownOne() throws Exception {
    Path file = Files.writeString(folder.resolve("settings"), "partition=7\n");

    assertThatThrownBy(() -> parse(Map.of(), "--config", file.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Unknown setting \"partition\" in the settings file (--config);"
                + " did you mean \"partitions\"?");
  }

  @Test
  void shouldNameASettingsFileThatCannotBeRead() {
    assertThatThrownBy(() -> parse(Map.of(), "--config", "/no/such/file"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/no/such/file");
  }

  @Test
  void shouldPassKafkaPropertiesThroughAndHideSecretsWhenShown() throws Exception {
    Path file = Files.writeString(folder.resolve("client"), "linger.ms=3\nacks=1\n");
    String[] arguments = {
      "--kafka-config", file.toString(), "-X", "acks=all", "-X", "ssl.key.password=xyz"
    };

    CommandLine commandLine = new CommandLine(new Example());
    commandLine.parseArgs(arguments);
    Example example = commandLine.getCommand();

    assertThat(example.cluster.properties())
        .containsEntry("linger.ms", "3")
        .containsEntry("acks", "all")
        .containsEntry("ssl.key.password", "xyz")
        .containsEntry("bootstrap.servers", "localhost:9092");
    assertThat(SettingsSources.effective(commandLine.getCommandSpec()).get("X"))
        .contains("ssl.key.password=[hidden]")
        .doesNotContain("xyz");
  }

  private static Example parse(Map<String, String> environment, String... arguments) {
    CommandLine commandLine = new CommandLine(new Example());
    SettingsSources sources = SettingsSources.of(arguments, environment);
    sources.refuseUnknown(commandLine);
    commandLine.setDefaultValueProvider(sources);
    commandLine.parseArgs(arguments);
    return commandLine.getCommand();
  }

  @Command(name = "example")
  static final class Example {
    @Mixin CommonOptions common = new CommonOptions();
    @Mixin TopicOptions topics = new TopicOptions();
    @Mixin ClusterOptions cluster = new ClusterOptions();
  }
}
