package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.imaging.ImageLimits;
import dev.millrace.schemas.StatisticsSource;
import dev.millrace.schemas.TensorType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AugmenterOptionsTest {
  @Test
  void shouldKeepItsNamesAndDefaults() {
    assertThat(AugmenterOptions.builder().threads(3).build())
        .isEqualTo(
            new AugmenterOptions(
                CropPolicy.PAPER,
                0.08,
                256,
                224,
                0.5,
                0.1,
                0,
                0,
                0,
                0,
                TensorType.UINT8,
                StatisticsSource.PUBLISHED,
                1,
                3,
                "",
                Duration.ofMillis(500),
                Duration.ofSeconds(10),
                1L << 30,
                true,
                0.5,
                new ImageLimits(16 << 20, ImageLimits.DEFAULT.maxPixels()),
                (16 << 20) + (64 << 10)));
  }

  @Test
  void shouldReportAllFaultsAtOnce() {
    AugmenterOptions.Builder faulty =
        AugmenterOptions.builder()
            .resize(32)
            .crop(64)
            .flip(1.5)
            .lighting(Double.NaN)
            .threads(0)
            .instanceId("not a name")
            .commitInterval(Duration.ofMinutes(2))
            .maxDeadLetterShare(-0.1);

    assertThatThrownBy(faulty::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot augment with these options:"
                + " crop must be at most resize, which is 32, found 64;"
                + " flip must be from 0 to 1, found 1.5;"
                + " lighting must be from 0 to 1, found NaN;"
                + " threads must be from 1 to 1024, found 0;"
                + " instance-id must be at most 100 letters, digits, dots, hyphens or underscores,"
                + " found \"not a name\";"
                + " commit-interval must be from 10 to 30000 ms, found PT2M;"
                + " max-dead-letter-share must be from 0 to 1, found -0.1");
  }

  @Test
  void shouldRefuseTensorsThatNoRecordHolds() {
    assertThatThrownBy(() ->
            AugmenterOptions.builder().resize(1024).crop(1024).maxRecordBytes(3 << 20).build())
        .hasMessageContaining(
            "max-record-bytes must hold a tensor of resize x resize x 3 elements = 3145728");
  }
}
