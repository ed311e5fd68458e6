package dev.millrace.dashboard.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.imaging.Pixels;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.schemas.checkpoint.SafetensorsHeader.Place;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class KernelSheetTest {
  private static Kernels kernels(int side, int count) {
    return new Kernels(side, side, count, FloatBuffer.allocate(side * side * 3 * count));
  }

  private static int at(Pixels pixels, int y, int x, int channel) {
    return pixels.rgb()[(y * pixels.width() + x) * 3 + channel] & 0xFF;
  }

  @Test
  void shouldDrawThePapersNetworkAsItsFigureDoes() {
    KernelSheet sheet = new KernelSheet(kernels(11, 96), 2);

    // 6 rows of 16 kernels of 11 x 11, four times enlarged; more space below the third row
    assertThat(sheet.scale()).isEqualTo(4);
    assertThat(sheet.width()).isEqualTo(4 + 16 * 48);
    assertThat(sheet.height()).isEqualTo(4 + 6 * 48 + 12);
  }

  @Test
  void shouldPutTheSecondColumnsKernelsBelowTheFirstOnes() {
    Kernels kernels = kernels(11, 96);
    kernels.weights().put(48, 1); // kernel 48 is the first of the second column

    Pixels pixels = new KernelSheet(kernels, 2).pixels();

    int top = 4 + 3 * 48 + 12;
    assertThat(at(pixels, top, 4, 0)).isEqualTo(255);
    assertThat(at(pixels, top + 3, 7, 0)).isEqualTo(255);
    assertThat(at(pixels, top, 8, 0)).isZero();
    assertThat(at(pixels, top - 1, 4, 0)).isEqualTo(0x80);
  }

  @Test
  void shouldScaleEachKernelToItsOwnRange() {
    Kernels kernels = kernels(5, 2);
    for (int i = 0; i < 5 * 5 * 3; i++) {
      kernels.weights().put(2 * i, 1000 + i); // the first one's
      kernels.weights().put(2 * i + 1, 0.25f); // the second one's are all the same
    }

    Pixels pixels = new KernelSheet(kernels, 1).pixels();

    assertThat(at(pixels, 4, 4, 0)).isZero();
    assertThat(at(pixels, 4, 4, 2)).isEqualTo(Math.round(2 / 74f * 255));
    assertThat(at(pixels, 4 + 39, 4 + 39, 2)).isEqualTo(255);
    assertThat(at(pixels, 10, 4 + 40 + 4 + 10, 1)).isEqualTo(0x80);
  }

  @Test
  void shouldDrawWeightsThatAreNoNumbersAsZero() {
    Kernels kernels = kernels(5, 1);
    kernels.weights().put(0, Float.NaN).put(1, Float.POSITIVE_INFINITY).put(2, 1);

    Pixels pixels = new KernelSheet(kernels, 1).pixels();

    assertThat(at(pixels, 4, 4, 0)).isZero();
    assertThat(at(pixels, 4, 4, 1)).isZero();
    assertThat(at(pixels, 4, 4, 2)).isEqualTo(255);
  }

  @Test
  void shouldRefuseWhatCannotBeDrawn() {
    for (long[] shape :
        new long[][] {
          {5, 5, 3},
          {5, 5, 4, 32},
          {33, 5, 3, 32},
          {5, 0, 3, 32},
          {5, 5, 3, 513},
          {1L << 33, 1, 3, 1}
        }) {
      assertThatThrownBy(() -> Kernels.check(new Place(Kernels.NAME, "F32", shape, 0, 0)))
          .isInstanceOf(DamagedCheckpointException.class)
          .hasMessageContaining("conv1/weights must be at most 32 x 32 x 3 x 512 to be drawn");
    }
  }
}
