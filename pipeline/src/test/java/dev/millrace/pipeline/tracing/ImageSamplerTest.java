package dev.millrace.pipeline.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImageSamplerTest {
  private static long chosen(double ratio) {
    ImageSampler sampler = new ImageSampler(ratio);
    return IntStream.range(0, 100_000)
        .filter(i -> sampler.isChosen("n01440764/n01440764_%d.JPEG".formatted(i)))
        .count();
  }

  @Test
  void shouldChooseSoManyImages() {
    assertThat(chosen(0)).isZero();
    assertThat(chosen(0.01)).isBetween(900L, 1100L);
    assertThat(chosen(0.5)).isBetween(49_000L, 51_000L);
    assertThat(chosen(1)).isEqualTo(100_000);
  }

  @Test
  void shouldChooseTheSameImagesAgainAndMoreOfThemWithALargerShare() {
    ImageSampler few = new ImageSampler(0.1);
    ImageSampler more = new ImageSampler(0.2);

    for (int i = 0; i < 1000; i++) {
      String id = "image-" + i;
      assertThat(few.isChosen(id)).isEqualTo(new ImageSampler(0.1).isChosen(id));
      assertThat(!few.isChosen(id) || more.isChosen(id)).as(id).isTrue();
    }
  }
}
