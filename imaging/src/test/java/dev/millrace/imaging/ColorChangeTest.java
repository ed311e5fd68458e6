package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class ColorChangeTest {
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
      Pixels brightness = changed(before, change -> change.brightness(factor));
      Pixels contrast = changed(before, change -> change.contrast(factor));
      Pixels saturation = changed(before, change -> change.saturation(factor));

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
    Pixels before = TestImages.waves(8, 9);

    Pixels after =
        changed(
            before,
            change -> {
              new ColorJitter(0, 0, 0, 0).draw(new KeyedRandom(1, 0, "a"), change);
              new PcaLighting(0, ColorStatistics.IMAGENET).draw(new KeyedRandom(1, 0, "a"), change);
            });

    assertThat(after.rgb()).isEqualTo(before.rgb());
  }

  @Test
  void shouldMakeChangesOneAfterAnother() {
    Pixels before = TestImages.waves(64, 70);
    KeyedRandom random = new KeyedRandom(1, 0, "orders");
    for (int i = 0; i < 50; i++) {
      double b = 0.6 + 0.8 * random.nextDouble();
      double c = 0.6 + 0.8 * random.nextDouble();
      double s = 0.6 + 0.8 * random.nextDouble();
      double[] levels = new double[before.rgb().length];
      for (int k = 0; k < levels.length; k++) {
        levels[k] = at(before, k);
      }
      Pixels after;
      if (i % 2 == 0) {
        after =
            changed(
                before,
                change -> {
                  change.brightness(b);
                  change.saturation(s);
                  change.contrast(c);
                  change.shift(3, -4, 7.5);
                });
        exactBlend(levels, b, k -> 0);
        exactBlend(levels, s, k -> grey(levels, k));
        double mean = meanGrey(levels);
        exactBlend(levels, c, k -> mean);
      } else {
        after =
            changed(
                before,
                change -> {
                  change.contrast(c);
                  change.brightness(b);
                  change.saturation(s);
                  change.shift(3, -4, 7.5);
                });
        double mean = meanGrey(levels);
        exactBlend(levels, c, k -> mean);
        exactBlend(levels, b, k -> 0);
        exactBlend(levels, s, k -> grey(levels, k));
      }
      double[] shifts = {3, -4, 7.5};
      for (int k = 0; k < levels.length; k++) {
        assertThat((double) at(after, k)).isCloseTo(clamp(levels[k] + shifts[k % 3]), within(1.0));
      }
    }
  }

  @Test
  void shouldTurnTheHueWithinOneLevelOfTheFormula() {
    KeyedRandom random = new KeyedRandom(1, 0, "hues");
    byte[] rgb = new byte[3 * 5000];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i % 7 == 0 ? 255 * random.nextInt(2) : random.nextInt(256));
    }
    Pixels before = new Pixels(50, 100, rgb.clone());
    for (double turn : new double[] {-0.5, -0.33, -0.1, -0.001, 0, 0.02, 0.25, 0.5}) {
      Pixels after = changed(before, change -> change.hue(turn));

      for (int k = 0; k < rgb.length; k += 3) {
        double[] exact = exactHue(at(before, k), at(before, k + 1), at(before, k + 2), turn);
        for (int c = 0; c < 3; c++) {
          assertThat((double) at(after, k + c)).isCloseTo(exact[c], within(0.55));
        }
      }
    }
  }

  @Test
  void shouldDrawEveryOrderAndHuesFromTheirWholeRange() {
    // Order matters by rounding and clamping alone, so that it is seen on a bright image.
    Pixels before = new Pixels(1, 2, new byte[] {(byte) 240, 120, 20, 60, (byte) 200, (byte) 250});
    java.util.Set<String> results = new java.util.HashSet<>();
    double least = 1;
    double most = -1;
    for (int i = 0; i < 400; i++) {
      ColorJitter jitter = new ColorJitter(0, 0, 0, 0.5);
      KeyedRandom random = new KeyedRandom(1, 0, "hue-" + i);
      Pixels after =
          changed(new Pixels(1, 1, new byte[] {(byte) 255, 0, 0}), c -> jitter.draw(random, c));
      double[] hsv = hsv(at(after, 0), at(after, 1), at(after, 2));
      double turn = hsv[0] > 0.5 ? hsv[0] - 1 : hsv[0];
      least = Math.min(least, turn);
      most = Math.max(most, turn);
      KeyedRandom other = new KeyedRandom(1, 0, "order-" + i);
      results.add(
          java.util.Arrays.toString(
              changed(before, c -> new ColorJitter(1, 1, 1, 0.5).draw(other, c)).rgb()));
    }
    assertThat(least).isBetween(-0.5, -0.45);
    assertThat(most).isBetween(0.45, 0.5);
    assertThat(results).hasSizeGreaterThan(300);
  }

  @Test
  void shouldNotOverflowAtTheLargestFactors() {
    for (int level : new int[] {0, 255}) {
      Pixels before = new Pixels(3, 3, new byte[27]);
      java.util.Arrays.fill(before.rgb(), (byte) level);
      Pixels after =
          changed(
              before,
              change -> {
                change.contrast(ColorChange.MOST);
                change.saturation(ColorChange.MOST);
                change.brightness(ColorChange.MOST);
                change.shift(0, 1000, -1000);
              });

      assertThat(at(after, 0)).isEqualTo(level);
      assertThat(at(after, 1)).isEqualTo(255);
      assertThat(at(after, 2)).isZero();
    }
  }

  @Test
  void shouldRefuseWhatItCannotDo() {
    ColorChange change = new ColorChange();

    assertThatThrownBy(() -> change.brightness(4.1)).hasMessageContaining("found 4.1");
    assertThatThrownBy(() -> change.contrast(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ColorJitter(0, Double.NaN, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // By way of HSV, as color science books have it, in double precision.
  private static double[] exactHue(double r, double g, double b, double turn) {
    double[] hsv = hsv(r, g, b);
    double h = (hsv[0] + turn + 1) % 1 * 6;
    int sector = (int) h;
    double f = h - sector;
    double v = hsv[2];
    double p = v * (1 - hsv[1]);
    double q = v * (1 - hsv[1] * f);
    double t = v * (1 - hsv[1] * (1 - f));
    return switch (sector % 6) {
      case 0 -> new double[] {v, t, p};
      case 1 -> new double[] {q, v, p};
      case 2 -> new double[] {p, v, t};
      case 3 -> new double[] {p, q, v};
      case 4 -> new double[] {t, p, v};
      default -> new double[] {v, p, q};
    };
  }

  private static double[] hsv(double r, double g, double b) {
    double most = Math.max(r, Math.max(g, b));
    double spread = most - Math.min(r, Math.min(g, b));
    double h = 0;
    if (spread > 0) {
      h = most == r ? (g - b) / spread : most == g ? 2 + (b - r) / spread : 4 + (r - g) / spread;
    }
    return new double[] {(h / 6 + 1) % 1, most == 0 ? 0 : spread / most, most};
  }

  // The levels of one pixel see the grey of before, so all three are replaced together.
  private static void exactBlend(double[] levels, double factor, IntToDoubleFunction other) {
    for (int k = 0; k < levels.length; k += 3) {
      double to = other.applyAsDouble(k);
      for (int c = k; c < k + 3; c++) {
        levels[c] = clamp(factor * levels[c] + (1 - factor) * to);
      }
    }
  }

  private static double grey(double[] levels, int k) {
    return 0.2989 * levels[k] + 0.587 * levels[k + 1] + 0.114 * levels[k + 2];
  }

  private static double meanGrey(double[] levels) {
    double sum = 0;
    for (int k = 0; k < levels.length; k += 3) {
      sum += grey(levels, k);
    }
    return sum * 3 / levels.length;
  }

  @Test
  void shouldShiftColorsByTheMomentsOfTheComponents() {
    // Of a mid-grey pixel; a channel's variance is the sum of (vector x value x sigma x 255)
    // squared.
    double[] variance = new double[3];
    double[] mean = new double[3];
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      KeyedRandom random = new KeyedRandom(1, 0, "image-" + i);
      Pixels pixels =
          changed(
              new Pixels(1, 1, new byte[] {127, 127, 127}),
              change -> new PcaLighting(0.5, ColorStatistics.IMAGENET).draw(random, change));
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

  private static Pixels changed(Pixels pixels, Consumer<ColorChange> changes) {
    Canvas canvas = new Canvas();
    Resizer resizer = new Resizer();
    resizer.prepare(Window.whole().of(pixels.height(), pixels.width()), canvas);
    resizer.resize(WindowDecoder.planes(pixels), false, 0, pixels.height(), canvas);
    ColorChange change = new ColorChange();
    changes.accept(change);
    change.apply(canvas);
    return canvas.toPixels();
  }
}
