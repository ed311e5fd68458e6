package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.imaging.ColorStatistics;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.Pixels;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private static final Recipe PLAIN = recipe(CropPolicy.PAPER, 28, 0, 0, 0);

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

  // 25 places and the flip make 50 cells; chi-square with 49 degrees of freedom is below 85.4 in
  // 999
  // of 1000 draws, and the draws are the same every time.
  @Test
  void shouldTakeEveryPlaceAndSideEquallyOften() {
    Pixels square = numbered(32);
    Recipe recipe = recipe(CropPolicy.PAPER, 28, 0.5, 0, 0);
    int[] counts = new int[50];
    int draws = 10_000;
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      Augmentation augmentation = new Augmentation(recipe, decoder);
      ByteBuffer image = TestImages.png(square);
      for (int i = 0; i < draws; i++) {
        Pixels cut = augmentation.pixels(image, Split.TRAIN, i % 7, "image-" + i / 7);
        int left = cut.rgb()[1] & 255;
        int right = cut.rgb()[3 * 27 + 1] & 255;
        int top = (cut.rgb()[0] & 255) / 8;
        counts[(top * 5 + Math.min(left, right) / 8) * 2 + (left > right ? 1 : 0)]++;
      }
    } catch (CorruptImageException e) {
      throw new AssertionError(e);
    }
    double chiSquare = 0;
    double expected = draws / 50.0;
    for (int count : counts) {
      chiSquare += (count - expected) * (count - expected) / expected;
    }
    assertThat(chiSquare).isLessThan(85.4);
  }

  @Test
  void shouldGiveNormalizedElementsOfTheTypeAskedFor() throws Exception {
    ByteBuffer image = TestImages.png(numbered(32));
    for (TensorType type : TensorType.values()) {
      AugmenterOptions options =
          AugmenterOptions.builder().resize(32).crop(28).tensorType(type).build();
      Recipe recipe = Recipe.of(options);
      try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
        Augmentation augmentation = new Augmentation(recipe, decoder);
        Pixels levels = augmentation.pixels(image, Split.TRAIN, 0, "a");
        Augmentation.Result result = augmentation.apply(image, Split.TRAIN, 0, "a");
        ByteBuffer elements = result.elements().order(ByteOrder.LITTLE_ENDIAN);

        assertThat(elements.remaining()).isEqualTo(recipe.tensorBytes());
        for (int i = 0; i < levels.rgb().length; i++) {
          int level = levels.rgb()[i] & 0xFF;
          double mean = ColorStatistics.IMAGENET.mean().get(i % 3);
          double deviation = ColorStatistics.IMAGENET.deviation().get(i % 3);
          double normalized = (level / 255.0 - mean) / deviation;
          switch (type) {
            case UINT8 -> assertThat(elements.get(i) & 0xFF).isEqualTo(level);
            case FLOAT16 ->
                assertThat((double) Float.float16ToFloat(elements.getShort(2 * i)))
                    .isCloseTo(normalized, within(0.002));
            case FLOAT32 ->
                assertThat((double) elements.getFloat(4 * i)).isCloseTo(normalized, within(1e-6));
          }
        }
      }
    }
  }

  @Test
  void shouldLeaveAnImageOfTheRightSizeAsItIs() {
    Pixels square = numbered(32);

    Pixels result = apply(recipe(CropPolicy.PAPER, 32, 0, 0, 0), square, Split.TRAIN, 9, "a");

    assertThat(result.rgb()).isEqualTo(square.rgb());
  }

  @Test
  void shouldFlipAboutHalfTheTime() {
    Pixels square = numbered(32);
    Recipe recipe = recipe(CropPolicy.PAPER, 32, 0.5, 0, 0);
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
    int point = 3 * (16 * 32 + 16); // one bright point tells where the crop is
    Arrays.fill(square.rgb(), point, point + 3, (byte) 255);
    Recipe colors = recipe(CropPolicy.PAPER, 28, 0.5, 0.1, 0.4);
    Recipe plain = recipe(CropPolicy.PAPER, 28, 0.5, 0, 0);

    for (int epoch = 0; epoch < 50; epoch++) {
      int expected = brightest(apply(plain, square, Split.TRAIN, epoch, "a"));
      assertThat(brightest(apply(colors, square, Split.TRAIN, epoch, "a"))).isEqualTo(expected);
    }
  }

  @Test
  void shouldShiftColorsOnlyWhenAskedTo() {
    Pixels square = flat(32, 100);

    Pixels plain = apply(recipe(CropPolicy.PAPER, 32, 0.5, 0, 0), square, Split.TRAIN, 3, "a");
    Pixels lit = apply(recipe(CropPolicy.PAPER, 32, 0.5, 0.1, 0), square, Split.TRAIN, 3, "a");

    assertThat(plain.rgb()).isEqualTo(square.rgb());
    assertThat(lit.rgb()).isNotEqualTo(square.rgb());
  }

  @Test
  void shouldGiveTheSameWhateverCameBefore() throws Exception {
    Recipe recipe = recipe(CropPolicy.PAPER, 28, 0.5, 0.1, 0.4);
    Pixels image = numbered(32);
    byte[] alone = apply(recipe, image, Split.TRAIN, 1, "a").rgb();

    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      Augmentation augmentation = new Augmentation(recipe, decoder);
      for (int size : new int[] {90, 7, 33}) {
        augmentation.apply(TestImages.png(flat(size, size)), Split.VALIDATION, 0, "b");
        augmentation.apply(TestImages.png(flat(size, size)), Split.TRAIN, 0, "b");

        assertThat(augmentation.pixels(TestImages.png(image), Split.TRAIN, 1, "a").rgb())
            .isEqualTo(alone);
      }
    }
  }

  @Test
  void shouldCutPartsOfAllSizesAtRandom() {
    Recipe recipe = recipe(CropPolicy.RANDOM_RESIZED_CROP, 28, 0.5, 0, 0);
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
    Recipe recipe = recipe(CropPolicy.NONE, 28, 0.5, 0.1, 0.4);
    Pixels square = numbered(32);

    for (int epoch = 0; epoch < 20; epoch++) {
      Pixels cut = apply(recipe, square, Split.TRAIN, epoch, "a");

      assertThat(at(cut, 0, 0)).isEqualTo(at(square, 2, 2));
      assertThat(at(cut, 27, 27)).isEqualTo(at(square, 29, 29));
    }
  }

  private static Recipe recipe(
      CropPolicy policy, int crop, double flip, double lighting, double jitter) {
    return Recipe.of(
        AugmenterOptions.builder()
            .policy(policy)
            .resize(32)
            .crop(crop)
            .flip(flip)
            .lighting(lighting)
            .brightness(jitter)
            .contrast(jitter)
            .saturation(jitter)
            .hue(jitter / 4)
            .build());
  }

  private static Pixels apply(Recipe recipe, Pixels pixels, Split split, int epoch, String id) {
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      return new Augmentation(recipe, decoder).pixels(TestImages.png(pixels), split, epoch, id);
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
