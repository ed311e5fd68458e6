package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.imaging.jpeg.Area;
import org.junit.jupiter.api.Test;

class RandomResizedCropTest {
  @Test
  void shouldDrawAreasEvenlyAndAspectRatiosEvenlyOnALogarithmicScale() {
    int[] areas = new int[10];
    int[] aspects = new int[10];
    int n = 20_000;
    for (int i = 0; i < n; i++) {
      // Half of the area at most: nearly every draw fits at the first trial.
      Area part = part(0.01, 2000, 2000, "image-" + i);
      double share = (double) part.height() * part.width() / (2000 * 2000);
      assertThat(share).isBetween(0.0099, 1.0);
      if (share < 0.5) {
        areas[(int) Math.clamp((share - 0.01) / 0.049, 0, 9)]++;
        double log = Math.log((double) part.width() / part.height()) / Math.log(4.0 / 3);
        aspects[(int) Math.clamp((log + 1) * 5, 0, 9)]++;
      }
    }

    assertThat(chiSquare(areas)).isLessThan(27.9); // 9 degrees of freedom, p = 0.001
    assertThat(chiSquare(aspects)).isLessThan(27.9);
  }

  @Test
  void shouldDrawPlacesEvenly() {
    double sum = 0;
    int n = 5000;
    for (int i = 0; i < n; i++) {
      Area part = part(0.1, 400, 300, "image-" + i);
      assertThat(part.top() + part.height()).isLessThanOrEqualTo(400);
      assertThat(part.left() + part.width()).isLessThanOrEqualTo(300);
      sum += part.height() == 400 ? 0.5 : (double) part.top() / (400 - part.height());
    }

    assertThat(sum / n).isCloseTo(0.5, within(0.02));
  }

  @Test
  void shouldTakeTheCentreWhereNothingFits() {
    assertThat(part(1, 10, 1000, "a")).isEqualTo(new Area(0, 493, 10, 13));
    assertThat(part(1, 1000, 10, "a")).isEqualTo(new Area(493, 0, 13, 10));
    assertThat(part(1, 1, 1, "a")).isEqualTo(new Area(0, 0, 1, 1));
  }

  @Test
  void shouldRefuseAnAreaThatIsNone() {
    assertThatThrownBy(() -> new RandomResizedCrop(0)).hasMessageContaining("found 0.0");
    assertThatThrownBy(() -> new RandomResizedCrop(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Area part(double minArea, int height, int width, String id) {
    return new RandomResizedCrop(minArea)
        .draw(new KeyedRandom(1, 0, id), 224)
        .of(height, width)
        .source();
  }

  private static double chiSquare(int[] counts) {
    double expected = 0;
    for (int count : counts) {
      expected += (double) count / counts.length;
    }
    double sum = 0;
    for (int count : counts) {
      sum += (count - expected) * (count - expected) / expected;
    }
    return sum;
  }
}
