package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColorStatisticsTest {
  @Test
  void shouldFindMeanAndDeviationOfEachChannel() {
    Pixels image = TestImages.waves(131, 257);
    ColorStatistics found = statistics(image, image);

    for (int c = 0; c < 3; c++) {
      double mean = 0;
      double square = 0;
      int n = image.height() * image.width();
      for (int i = 0; i < n; i++) {
        double level = (image.rgb()[3 * i + c] & 0xFF) / 255.0;
        mean += level / n;
        square += level * level / n;
      }
      assertThat(found.mean().get(c)).isCloseTo(mean, within(1e-9));
      assertThat(found.deviation().get(c)).isCloseTo(Math.sqrt(square - mean * mean), within(1e-9));
    }
  }

  // Colors that were made along known directions with known deviations.
  @Test
  void shouldFindThePrincipalComponents() {
    double[][] directions = {{2 / 3.0, 2 / 3.0, 1 / 3.0}, {-2 / 3.0, 1 / 3.0, 2 / 3.0}};
    KeyedRandom random = new KeyedRandom(1, 0, "components");
    byte[] rgb = new byte[3 * 300 * 300];
    for (int i = 0; i < rgb.length; i += 3) {
      double first = 30 * random.nextGaussian();
      double second = 8 * random.nextGaussian();
      for (int c = 0; c < 3; c++) {
        double level = 128 + first * directions[0][c] + second * directions[1][c];
        rgb[i + c] = (byte) Math.clamp(Math.round(level), 0, 255);
      }
    }
    ColorStatistics found = statistics(new Pixels(300, 300, rgb));

    assertThat(found.eigenvalues().get(0)).isCloseTo(Math.pow(30 / 255.0, 2), within(2e-4));
    assertThat(found.eigenvalues().get(1)).isCloseTo(Math.pow(8 / 255.0, 2), within(1e-5));
    assertThat(found.eigenvalues().get(2)).isCloseTo(0, within(4e-6)); // rounding alone
    for (int i = 0; i < 2; i++) {
      double cosine = 0;
      for (int c = 0; c < 3; c++) {
        cosine += found.eigenvectors().get(i).get(c) * directions[i][c];
      }
      assertThat(Math.abs(cosine)).isCloseTo(1, within(0.001));
    }
  }

  @Test
  void shouldNotDependOnTheOrderOfImages() {
    Pixels one = TestImages.noise(40, 50, 1);
    Pixels other = TestImages.waves(60, 20);

    assertThat(statistics(one, other)).isEqualTo(statistics(other, one));
  }

  @Test
  void shouldRefuseImagesWithoutAnyDifference() {
    assertThatThrownBy(() -> statistics(new Pixels(2, 2, new byte[12])))
        .hasMessageContaining("all are alike");
    assertThatThrownBy(() -> new ColorMoments().statistics()).hasMessageContaining("0 pixels");
    assertThatThrownBy(() ->
            new ColorStatistics(
                List.of(1.0, 2.0),
                ColorStatistics.IMAGENET.deviation(),
                ColorStatistics.IMAGENET.eigenvalues(),
                ColorStatistics.IMAGENET.eigenvectors()))
        .hasMessageContaining("mean must be three");
  }

  @Test
  void shouldNormalizeLevels() {
    Pixels image = TestImages.noise(9, 11, 4);
    Normalization normalization = new Normalization(ColorStatistics.IMAGENET);
    ByteBuffer whole = normalization.float32(canvas(image)).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer half = normalization.float16(canvas(image)).order(ByteOrder.LITTLE_ENDIAN);

    assertThat(whole.remaining()).isEqualTo(4 * image.rgb().length);
    assertThat(half.remaining()).isEqualTo(2 * image.rgb().length);
    for (int i = 0; i < image.rgb().length; i++) {
      double expected =
          ((image.rgb()[i] & 0xFF) / 255.0 - ColorStatistics.IMAGENET.mean().get(i % 3))
              / ColorStatistics.IMAGENET.deviation().get(i % 3);
      assertThat((double) whole.getFloat(4 * i)).isCloseTo(expected, within(1e-6));
      assertThat((double) Float.float16ToFloat(half.getShort(2 * i)))
          .isCloseTo(expected, within(0.0011));
    }
  }

  private static ColorStatistics statistics(Pixels... images) {
    ColorMoments moments = new ColorMoments();
    for (Pixels image : images) {
      moments.add(canvas(image));
    }
    return moments.statistics();
  }

  private static Canvas canvas(Pixels pixels) {
    Canvas canvas = new Canvas();
    Resizer resizer = new Resizer();
    resizer.prepare(Window.whole().of(pixels.height(), pixels.width()), canvas);
    resizer.resize(WindowDecoder.planes(pixels), false, 0, pixels.height(), canvas);
    return canvas;
  }
}
