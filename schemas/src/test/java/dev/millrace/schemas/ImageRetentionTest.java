package dev.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.junit.jupiter.api.Test;

class ImageRetentionTest {
  private static final int PARTITIONS = 4;

  @Test
  void shouldBeReadFromTheSettingsThatItMakes() {
    for (ImageRetention retention :
        List.of(
            new ImageRetention.Purge(),
            new ImageRetention.Forever(),
            new ImageRetention.Age(Duration.ofDays(30)),
            new ImageRetention.Size(500L << 30))) {
      assertThat(ImageRetention.of(topic(retention, Split.TRAIN), PARTITIONS)).isEqualTo(retention);
    }
  }

  @Test
  void shouldNeverDeleteValidationImagesWhereTrainingImagesAreKept() {
    for (ImageRetention retention :
        List.of(
            new ImageRetention.Forever(),
            new ImageRetention.Age(Duration.ofDays(30)),
            new ImageRetention.Size(500L << 30))) {
      assertThat(ImageRetention.of(topic(retention, Split.VALIDATION), PARTITIONS))
          .isEqualTo(new ImageRetention.Forever());
    }
  }

  @Test
  void shouldDivideASizeByThePartitionsAndIntoSegments() {
    assertThat(RetentionSettings.of(new ImageRetention.Size(8L << 30), Split.TRAIN, PARTITIONS))
        .containsEntry("retention.bytes", Long.toString(2L << 30))
        .containsEntry("segment.bytes", Long.toString((2L << 30) / 10));
    assertThat(RetentionSettings.of(new ImageRetention.Forever(), Split.TRAIN, PARTITIONS))
        .containsEntry("segment.bytes", Integer.toString(1 << 30));
  }

  @Test
  void shouldRefuseWhatKeepsNothing() {
    assertThatThrownBy(() -> new ImageRetention.Age(Duration.ofSeconds(59)))
        .hasMessageContaining("image-retention must be from a minute to 36500 days");
    assertThatThrownBy(() -> new ImageRetention.Size(1000))
        .hasMessageContaining("image-retention must be at least 1048576 bytes, found 1000");
  }

  // As a broker would tell the settings of a topic that was created so.
  private static Config topic(ImageRetention retention, Split split) {
    Map<String, String> settings = new HashMap<>(new Topics("a").images(split).settings());
    settings.putAll(RetentionSettings.of(retention, split, PARTITIONS));
    return new Config(
        settings.entrySet().stream()
            .map(entry -> new ConfigEntry(entry.getKey(), entry.getValue()))
            .toList());
  }
}
