package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PsnrTest {
  @Test
  void shouldBeTheRatioOfThePeakToTheNoiseInDecibels() {
    Pixels black = new Pixels(2, 3, new byte[18]);
    byte[] rgb = new byte[18];
    rgb[4] = 3;
    rgb[17] = (byte) 255;

    // Mean square error (9 + 65025) / 18 = 3613.
    assertThat(Psnr.of(black, new Pixels(2, 3, rgb)))
        .isEqualTo(10 * Math.log10(65025 / 3613.0), within(1e-9));
    rgb[17] = 0;
    rgb[4] = (byte) 200;
    assertThat(Psnr.of(new Pixels(2, 3, rgb), black)).isEqualTo(14.662, within(1e-3));
  }

  @Test
  void shouldBeFiniteWhereNothingDiffers() {
    Pixels square = TestImages.noise(256, 256, 1);

    assertThat(Psnr.of(square, square)).isEqualTo(107.1, within(0.05));
  }

  @Test
  void shouldRefuseImagesOfDifferentSizes() {
    assertThatThrownBy(() -> Psnr.of(TestImages.waves(2, 3), TestImages.waves(3, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("images of one size can be compared, found 3 x 2 and 2 x 3");
  }
}
