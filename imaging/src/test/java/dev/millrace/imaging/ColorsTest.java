package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ColorsTest {
  @Test
  void shouldSwapLeftAndRight() {
    Pixels pixels =
        new Pixels(
            2, 3, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18});

    Flip.horizontal(pixels);

    assertThat(pixels.rgb())
        .containsExactly(7, 8, 9, 4, 5, 6, 1, 2, 3, 16, 17, 18, 13, 14, 15, 10, 11, 12);
  }

  @Test
  void shouldBeItselfAfterTwoFlips() {
    for (int width = 1; width < 9; width++) {
      Pixels pixels = TestImages.noise(5, width, width);
      byte[] before = pixels.rgb().clone();

      Flip.horizontal(pixels);
      Flip.horizontal(pixels);

      assertThat(pixels.rgb()).isEqualTo(before);
    }
  }

  @Test
  void shouldBlendWithinOneLevelOfTheFormula() {
    for (double factor : new double[] {0.6, 0.9, 1, 1.25, 1.4}) {
      Pixels before = TestImages.waves(40, 50);
      double[] grey = new double[40 * 50];
      double mean = 0;
      for (int i = 0; i < grey.length; i++) {
        grey[i] =
            0.2989 * at(before, 3 * i)
                + 0.587 * at(before, 3 * i + 1)
                + 0.114 * at(before, 3 * i + 2);
        mean += grey[i] / grey.length;
      }
      Pixels brightness = copy(before);
      ColorJitter.brightness(brightness, factor);
      Pixels contrast = copy(before);
      ColorJitter.contrast(contrast, factor);
      Pixels saturation = copy(before);
      ColorJitter.saturation(saturation, factor);

      for (int i = 0; i < before.rgb().length; i++) {
        double value = factor * at(before, i);
        assertThat((double) at(brightness, i)).isCloseTo(clamp(value), within(1.0));
        assertThat((double) at(contrast, i))
            .isCloseTo(clamp(value + (1 - factor) * mean), within(1.0));
        assertThat((double) at(saturation, i))
            .isCloseTo(clamp(value + (1 - factor) * grey[i / 3]), within(1.0));
      }
    }
  }

  @Test
  void shouldLeaveAnImageAloneAtStrengthZero() {
    Pixels pixels = TestImages.waves(8, 8);
    byte[] before = pixels.rgb().clone();

    new ColorJitter(0, 0, 0).apply(pixels, new KeyedRandom(1, 0, "a"));
    new PcaLighting(0).apply(pixels, new KeyedRandom(1, 0, "a"));

    assertThat(pixels.rgb()).isEqualTo(before);
  }

  @Test
  void shouldShiftColorsByTheMomentsOfTheComponents() {
    // Of a mid-grey pixel; a channel's variance is the sum of (vector x value x sigma x 255)
    // squared.
    double[] variance = new double[3];
    double[] mean = new double[3];
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      Pixels pixels = new Pixels(1, 1, new byte[] {127, 127, 127});
      new PcaLighting(0.5).apply(pixels, new KeyedRandom(1, 0, "image-" + i));
      for (int c = 0; c < 3; c++) {
        double shift = at(pixels, c) - 127;
        mean[c] += shift / n;
        variance[c] += shift * shift / n;
      }
    }
    double[][] expected = {
      {-0.5675 * 0.2175, 0.7192 * 0.0188, 0.4009 * 0.0045},
      {-0.5808 * 0.2175, -0.0045 * 0.0188, -0.8140 * 0.0045},
      {-0.5836 * 0.2175, -0.6948 * 0.0188, 0.4203 * 0.0045}
    };
    for (int c = 0; c < 3; c++) {
      double sum = 0;
      for (double part : expected[c]) {
        sum += Math.pow(part * 0.5 * 255, 2);
      }
      assertThat(mean[c]).isCloseTo(0, within(0.4));
      assertThat(Math.sqrt(variance[c])).isCloseTo(Math.sqrt(sum), within(0.3));
    }
  }

  private static int at(Pixels pixels, int i) {
    return pixels.rgb()[i] & 0xFF;
  }

  private static double clamp(double value) {
    return Math.max(0, Math.min(255, value));
  }

  private static Pixels copy(Pixels pixels) {
    return new Pixels(pixels.height(), pixels.width(), pixels.rgb().clone());
  }
}
