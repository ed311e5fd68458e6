package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.ImageRetention;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class ShareOptionTest {
  @Test
  void shouldPublishEverythingAndPurgeUnlessToldOtherwise() {
    assertThat(parse().share.share()).hasToString("1/1");
    assertThat(parse().topics.settings().imageRetention()).isEqualTo(new ImageRetention.Purge());
  }

  @Test
  void shouldTakeWhatIsGiven() {
    Example example = parse("--shard", "2/4", "--image-retention", "forever");

    assertThat(example.share.share()).hasToString("2/4");
    assertThat(example.topics.settings().imageRetention()).isEqualTo(new ImageRetention.Forever());
  }

  @Test
  void shouldNameTheOptionAtFault() {
    assertThatThrownBy(() -> parse("--shard", "5/4"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("--shard")
        .hasMessageContaining("from 1/4 to 4/4, found 5/4");
    assertThatThrownBy(() -> parse("--image-retention", "never"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("--image-retention")
        .hasMessageContaining("found \"never\"");
  }

  private static Example parse(String... arguments) {
    CommandLine commandLine = new CommandLine(new Example());
    commandLine.parseArgs(arguments);
    return commandLine.getCommand();
  }

  @Command(name = "example")
  static final class Example {
    @Mixin ShareOption share = new ShareOption();
    @Mixin TopicOptions topics = new TopicOptions();
  }
}
