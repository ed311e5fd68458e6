package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.ImageRetention;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class RetentionTextTest {
  private final RetentionText texts = new RetentionText();

  @Test
  void shouldReadEveryMode() {
    assertThat(texts.convert("Purge")).isEqualTo(new ImageRetention.Purge());
    assertThat(texts.convert("forever")).isEqualTo(new ImageRetention.Forever());
    assertThat(texts.convert("30d")).isEqualTo(new ImageRetention.Age(Duration.ofDays(30)));
    assertThat(texts.convert("90m")).isEqualTo(new ImageRetention.Age(Duration.ofMinutes(90)));
    assertThat(texts.convert("500GiB")).isEqualTo(new ImageRetention.Size(500L << 30));
    assertThat(texts.convert("500 mb")).isEqualTo(new ImageRetention.Size(500L << 20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"purge", "forever", "30d", "36h", "500 GiB"})
  void shouldWriteWhatItReads(String text) {
    assertThat(RetentionText.of(texts.convert(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "never", "30", "1 week", "500G", "-1"})
  void shouldNameTheModesWhenItIsNone(String text) {
    assertThatThrownBy(() -> texts.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("expected purge, forever, a time such as 30d or a size")
        .hasMessageContaining("found \"%s\"".formatted(text));
  }

  @Test
  void shouldNameTheRange() {
    assertThatThrownBy(() -> texts.convert("10s"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("from a minute to 36500 days");
  }
}
