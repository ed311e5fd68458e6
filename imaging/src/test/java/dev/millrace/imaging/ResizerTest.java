package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ResizerTest {
  private static final int[][] SIZES = {
    {375, 500},
    {500, 375},
    {256, 256},
    {257, 300},
    {100, 80},
    {33, 1000},
    {700, 701},
    {1, 1},
    {3, 2}
  };

  @Test
  void shouldAgreeWithExactTriangleFilter() {
    for (int[] size : SIZES) {
      for (Pixels source :
          new Pixels[] {
            TestImages.waves(size[0], size[1]), TestImages.noise(size[0], size[1], 7)
          }) {
        Crop crop = new Crop(5, 11, 224, 224);

        Pixels resized = resize(source, 256, 256, crop);

        assertThat(TestImages.psnr(resized.rgb(), exact(source, 256, 256, crop)))
            .as("%d x %d", size[0], size[1])
            .isGreaterThan(55);
      }
    }
  }

  @Test
  void shouldCopyWhereTheSizeIsRightAlready() {
    Pixels source = TestImages.noise(32, 32, 1);

    assertThat(resize(source, 32, 32, new Crop(0, 0, 32, 32)).rgb()).isEqualTo(source.rgb());
  }

  @Test
  void shouldGiveTheSamePixelsForACropAsForTheWhole() {
    Pixels source = TestImages.waves(300, 411);
    Pixels whole = resize(source, 64, 60, new Crop(0, 0, 60, 60));
    Pixels part = resize(source, 64, 60, new Crop(7, 13, 40, 30));

    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 30 * 3; x++) {
        assertThat(part.rgb()[y * 30 * 3 + x])
            .isEqualTo(whole.rgb()[(y + 7) * 60 * 3 + 13 * 3 + x]);
      }
    }
  }

  @Test
  void shouldKeepAnEvenColor() {
    byte[] rgb = new byte[50 * 70 * 3];
    java.util.Arrays.fill(rgb, (byte) 201);

    assertThat(resize(new Pixels(50, 70, rgb), 32, 32, new Crop(0, 0, 32, 32)).rgb())
        .containsOnly(201);
  }

  @Test
  void shouldRefuseACropOutsideTheSquare() {
    assertThatThrownBy(() -> resize(TestImages.waves(9, 9), 32, 32, new Crop(1, 0, 32, 32)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("central square of 32");
    assertThatThrownBy(() -> new Crop(-1, 0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldMirrorWhatItResizes() {
    Pixels source = TestImages.waves(90, 120);
    Crop crop = new Crop(2, 3, 30, 25);
    Pixels plain = resize(source, 64, 60, crop);
    Pixels mirrored = resize(source, 64, 60, crop, true);

    for (int i = 0; i < 30 * 25; i++) {
      int there = i / 25 * 25 + 24 - i % 25;
      for (int c = 0; c < 3; c++) {
        assertThat(mirrored.rgb()[3 * there + c]).isEqualTo(plain.rgb()[3 * i + c]);
      }
    }
  }

  @Test
  void shouldMirrorWhatItCopies() {
    Pixels source = TestImages.noise(7, 9, 4);

    Pixels mirrored = resize(source, 7, 7, new Crop(0, 0, 7, 7), true);

    for (int i = 0; i < 49; i++) {
      assertThat(mirrored.rgb()[3 * i]).isEqualTo(source.rgb()[3 * (i / 7 * 9 + 1 + 6 - i % 7)]);
    }
  }

  private static Pixels resize(Pixels source, int side, int centre, Crop crop) {
    return resize(source, side, centre, crop, false);
  }

  private static Pixels resize(Pixels source, int side, int centre, Crop crop, boolean mirrored) {
    Canvas canvas = new Canvas();
    Resizer resizer = new Resizer();
    resizer.prepare(
        Window.shorterSide(side, centre, crop).of(source.height(), source.width()), canvas);
    int half = crop.height() / 2;
    resizer.resize(WindowDecoder.planes(source), mirrored, 0, half, canvas);
    resizer.resize(WindowDecoder.planes(source), mirrored, half, crop.height(), canvas);
    return canvas.toPixels();
  }

  // The same definition, one pixel after another in double precision.
  private static byte[] exact(Pixels source, int side, int centre, Crop crop) {
    double scale = Math.min(source.height(), source.width()) / (double) side;
    int height = (int) Math.round(source.height() / scale);
    int width = (int) Math.round(source.width() / scale);
    int top = (height - centre) / 2 + crop.top();
    int left = (width - centre) / 2 + crop.left();
    double[] down = new double[crop.height() * source.width() * 3];
    for (int y = 0; y < crop.height(); y++) {
      double[] weights = weights(source.height(), height, top + y);
      for (int sy = 0; sy < source.height(); sy++) {
        for (int i = 0; weights[sy] > 0 && i < source.width() * 3; i++) {
          down[y * source.width() * 3 + i] +=
              weights[sy] * (source.rgb()[sy * source.width() * 3 + i] & 0xFF);
        }
      }
    }
    byte[] rgb = new byte[crop.height() * crop.width() * 3];
    for (int x = 0; x < crop.width(); x++) {
      double[] weights = weights(source.width(), width, left + x);
      for (int y = 0; y < crop.height(); y++) {
        for (int c = 0; c < 3; c++) {
          double sum = 0;
          for (int sx = 0; sx < source.width(); sx++) {
            sum += weights[sx] * down[(y * source.width() + sx) * 3 + c];
          }
          rgb[(y * crop.width() + x) * 3 + c] = (byte) Math.rint(sum);
        }
      }
    }
    return rgb;
  }

  private static double[] weights(int source, int resized, int at) {
    double scale = (double) source / resized;
    double support = Math.max(1, scale);
    double[] weights = new double[source];
    double sum = 0;
    for (int j = 0; j < source; j++) {
      weights[j] = Math.max(0, 1 - Math.abs((j + 0.5 - (at + 0.5) * scale) / support));
      sum += weights[j];
    }
    for (int j = 0; j < source; j++) {
      weights[j] /= sum;
    }
    return weights;
  }
}
