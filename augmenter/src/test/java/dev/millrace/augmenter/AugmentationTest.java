package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.Pixels;
import dev.millrace.schemas.Split;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private static final Recipe PLAIN = new Recipe(1, CropPolicy.PAPER, 0.08, 32, 28, 0, 0, 0, 0, 0);

  @Test
  void shouldTakeTheWholeSquareForValidationInEveryEpoch() {
    Pixels square = numbered(32);

    Pixels whole = apply(PLAIN, square, Split.VALIDATION, 0, "a");

    assertThat(whole.rgb()).isEqualTo(square.rgb());
    assertThat(apply(PLAIN, square, Split.VALIDATION, 5, "b").rgb()).isEqualTo(whole.rgb());
  }

  @Test
  void shouldCutAtEveryPlaceForTraining() {
    Pixels square = numbered(32);
    Set<Integer> corners = new HashSet<>();

    for (int epoch = 0; epoch < 500; epoch++) {
      corners.add(at(apply(PLAIN, square, Split.TRAIN, epoch, "a"), 0, 0));
    }

    Set<Integer> expected = new HashSet<>();
    for (int top = 0; top <= 4; top++) {
      for (int left = 0; left <= 4; left++) {
        expected.add(at(square, top, left));
      }
    }
    assertThat(corners).isEqualTo(expected);
  }

  @Test
  void shouldLeaveAnImageOfTheRightSizeAsItIs() {
    Pixels square = numbered(32);

    Pixels result =
        apply(
            new Recipe(1, CropPolicy.PAPER, 0.08, 32, 32, 0, 0, 0, 0, 0),
            square,
            Split.TRAIN,
            9,
            "a");

    assertThat(result.rgb()).isEqualTo(square.rgb());
  }

  @Test
  void shouldFlipAboutHalfTheTime() {
    Pixels square = numbered(32);
    Recipe recipe = new Recipe(1, CropPolicy.PAPER, 0.08, 32, 32, 0.5, 0, 0, 0, 0);
    int flipped = 0;

    for (int epoch = 0; epoch < 400; epoch++) {
      Pixels result = apply(recipe, square, Split.TRAIN, epoch, "a");
      if (!Arrays.equals(result.rgb(), square.rgb())) {
        assertThat(at(result, 3, 0)).isEqualTo(at(square, 3, 31));
        flipped++;
      }
    }

    assertThat(flipped).isBetween(160, 240);
  }

  @Test
  void shouldKeepCropAndFlipWhenColorsAreSwitchedOn() {
    Pixels square = flat(32, 100);
    square.rgb()[3 * (16 * 32 + 16)] = (byte) 255; // one bright point tells where the crop is
    Recipe colors = new Recipe(1, CropPolicy.PAPER, 0.08, 32, 28, 0.5, 0.1, 0.4, 0.4, 0.4);
    Recipe plain = new Recipe(1, CropPolicy.PAPER, 0.08, 32, 28, 0.5, 0, 0, 0, 0);

    for (int epoch = 0; epoch < 50; epoch++) {
      int expected = brightest(apply(plain, square, Split.TRAIN, epoch, "a"));
      assertThat(brightest(apply(colors, square, Split.TRAIN, epoch, "a"))).isEqualTo(expected);
    }
  }

  @Test
  void shouldShiftColorsOnlyWhenAskedTo() {
    Pixels square = flat(32, 100);

    Pixels plain =
        apply(
            new Recipe(1, CropPolicy.PAPER, 0.08, 32, 32, 0.5, 0, 0, 0, 0),
            square,
            Split.TRAIN,
            3,
            "a");
    Pixels lit =
        apply(
            new Recipe(1, CropPolicy.PAPER, 0.08, 32, 32, 0.5, 0.1, 0, 0, 0),
            square,
            Split.TRAIN,
            3,
            "a");

    assertThat(plain.rgb()).isEqualTo(square.rgb());
    assertThat(lit.rgb()).isNotEqualTo(square.rgb());
  }

  @Test
  void shouldGiveTheSameWhateverCameBefore() throws Exception {
    Recipe recipe = new Recipe(1, CropPolicy.PAPER, 0.08, 32, 28, 0.5, 0.1, 0.4, 0.4, 0.4);
    Pixels image = numbered(32);
    byte[] alone = apply(recipe, image, Split.TRAIN, 1, "a").rgb();

    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      Augmentation augmentation = new Augmentation(recipe, decoder);
      for (int size : new int[] {90, 7, 33}) {
        augmentation.apply(TestImages.png(flat(size, size)), Split.VALIDATION, 0, "b");
        augmentation.apply(TestImages.png(flat(size, size)), Split.TRAIN, 0, "b");

        assertThat(augmentation.apply(TestImages.png(image), Split.TRAIN, 1, "a").rgb())
            .isEqualTo(alone);
      }
    }
  }

  @Test
  void shouldCutPartsOfAllSizesAtRandom() {
    Recipe recipe = new Recipe(1, CropPolicy.RANDOM_RESIZED_CROP, 0.08, 32, 28, 0.5, 0, 0, 0, 0);
    Pixels square = numbered(32);
    double least = 1;
    double most = 0;
    for (int epoch = 0; epoch < 300; epoch++) {
      Pixels part = apply(recipe, square, Split.TRAIN, epoch, "a");
      assertThat(part.height()).isEqualTo(28);
      // Red tells the row, green the column: their ranges tell the part's share of the area.
      int rows = (part.rgb()[27 * 28 * 3] & 255) - (part.rgb()[0] & 255);
      int columns = (part.rgb()[27 * 3 + 1] & 255) - (part.rgb()[1] & 255);
      double share = (rows / 8.0 + 1) * (Math.abs(columns) / 8.0 + 1) / (32 * 32);
      least = Math.min(least, share);
      most = Math.max(most, share);
    }

    assertThat(least).isBetween(0.05, 0.15);
    assertThat(most).isBetween(0.9, 1.1);
    assertThat(apply(recipe, square, Split.TRAIN, 7, "a").rgb())
        .isEqualTo(apply(recipe, square, Split.TRAIN, 7, "a").rgb());
  }

  @Test
  void shouldCutTheCentreWhenNothingIsToBeRandom() {
    Recipe recipe = new Recipe(1, CropPolicy.NONE, 0.08, 32, 28, 0.5, 0.1, 0.4, 0.4, 0.4);
    Pixels square = numbered(32);

    for (int epoch = 0; epoch < 20; epoch++) {
      Pixels cut = apply(recipe, square, Split.TRAIN, epoch, "a");

      assertThat(at(cut, 0, 0)).isEqualTo(at(square, 2, 2));
      assertThat(at(cut, 27, 27)).isEqualTo(at(square, 29, 29));
    }
  }

  private static Pixels apply(Recipe recipe, Pixels pixels, Split split, int epoch, String id) {
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      return new Augmentation(recipe, decoder).apply(TestImages.png(pixels), split, epoch, id);
    } catch (CorruptImageException e) {
      throw new AssertionError(e);
    }
  }

  private static Pixels numbered(int size) {
    Pixels pixels = flat(size, 0);
    for (int i = 0; i < size * size; i++) {
      pixels.rgb()[3 * i] = (byte) (i / size * 8);
      pixels.rgb()[3 * i + 1] = (byte) (i % size * 8);
      pixels.rgb()[3 * i + 2] = 77;
    }
    return pixels;
  }

  private static Pixels flat(int size, int value) {
    byte[] rgb = new byte[3 * size * size];
    Arrays.fill(rgb, (byte) value);
    return new Pixels(size, size, rgb);
  }

  private static int at(Pixels pixels, int row, int column) {
    int i = 3 * (row * pixels.width() + column);
    return (pixels.rgb()[i] & 255) << 8 | (pixels.rgb()[i + 1] & 255);
  }

  private static int brightest(Pixels pixels) {
    int brightest = 0;
    for (int i = 0; i < pixels.rgb().length; i += 3) {
      if ((pixels.rgb()[i] & 255) > (pixels.rgb()[brightest] & 255)) {
        brightest = i;
      }
    }
    return brightest;
  }
}
