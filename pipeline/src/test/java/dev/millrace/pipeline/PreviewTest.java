package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.augmenter.Augmentation;
import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.CropPolicy;
import dev.millrace.augmenter.Recipe;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.Pixels;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.preview.SheetLayout;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.schemas.Split;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PreviewTest {
  private static final int WIDTH = 180;
  private static final int HEIGHT = 90;
  private static final int WHITE = 0xFFFFFF;

  @TempDir private Path folder;
  private Path images;
  private Path sheet;

  @BeforeEach
  void draw() throws IOException {
    images = folder.resolve("images");
    sheet = folder.resolve("sheet.png");
    for (String name : new String[] {"cat", "dog"}) {
      Files.createDirectories(images.resolve(name));
      for (int i = 0; i < 2; i++) {
        Files.write(
            images.resolve(name).resolve(i + ".jpg"),
            JpegEncoder.encode(picture(i + name.charAt(0)), 90));
      }
    }
  }

  @Test
  void shouldShowTheVeryPixelsOfTheAugmenterAndGoOnBehindACorruptFile() throws Exception {
    Files.writeString(images.resolve("dog/0.jpg"), "no image");
    AugmenterOptions options =
        AugmenterOptions.builder()
            .policy(CropPolicy.RANDOM_RESIZED_CROP)
            .resize(150)
            .crop(140)
            .brightness(0.4)
            .seed(7)
            .build();

    try (MillraceProcess process =
        MillraceProcess.start(
            folder,
            arguments(
                "--versions",
                "3",
                "--policy",
                "random-resized-crop",
                "--resize",
                "150",
                "--crop",
                "140",
                "--brightness",
                "0.4",
                "--seed",
                "7"))) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(ExitCode.OK);
      assertThat(process.output())
          .contains("dog/0.jpg becomes a dead letter: not a JPEG, PNG, WebP or GIF")
          .contains("Wrote " + sheet + ": 4 of 4 training images in epochs 1 to 3")
          .doesNotContain("\tat ");
    }

    SheetLayout layout = new SheetLayout(140, 4, 3);
    BufferedImage drawn = read(layout);
    List<String> shown = new ArrayList<>();
    try (Dataset dataset = Dataset.open(images, 0.1, 7);
        ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      Augmentation augmentation = new Augmentation(Recipe.of(options), decoder);
      int[] order = dataset.order(Split.TRAIN, 7, 0);
      for (int row = 0; row < 4; row++) {
        LabeledImage image = dataset.image(Split.TRAIN, order[row]);
        shown.add(image.id());
        for (int epoch = 0; epoch < 3; epoch++) {
          int[] cell = cell(drawn, layout, row, epoch + 1);
          if (image.id().equals("dog/0.jpg")) {
            assertThat(Arrays.stream(cell).distinct()).hasSize(1);
          } else {
            ByteBuffer encoded = ByteBuffer.wrap(image.read(1 << 20));
            assertThat(cell)
                .as("%s in epoch %d", image.id(), epoch + 1)
                .isEqualTo(packed(augmentation.pixels(encoded, Split.TRAIN, epoch, image.id()), 1));
          }
        }
      }
    }
    assertThat(shown).containsExactlyInAnyOrder("cat/0.jpg", "cat/1.jpg", "dog/0.jpg", "dog/1.jpg");
  }

  @Test
  void shouldFitTheWholeOriginalBetweenTwoBars() throws Exception {
    assertThat(preview("--crop", "200", "--images", "1", "--versions", "1")).isEqualTo(ExitCode.OK);

    SheetLayout layout = new SheetLayout(200, 1, 1);
    int[] original = cell(read(layout), layout, 0, 0);
    // 180 x 90 becomes 200 x 100.
    int bar = original[0];
    for (int y = 0; y < 200; y++) {
      int[] row = Arrays.copyOfRange(original, y * 200, (y + 1) * 200);
      if (y < 50 || y >= 150) {
        assertThat(row).as("row %d", y).containsOnly(bar);
      } else {
        assertThat(row).as("row %d", y).doesNotContain(bar, WHITE);
      }
    }
  }

  @Test
  void shouldEnlargeSmallCropsByWholePixels() throws Exception {
    assertThat(preview("--model", "cifar10-quick", "--images", "2", "--versions", "2"))
        .isEqualTo(ExitCode.OK);

    SheetLayout layout = new SheetLayout(32, 2, 2);
    assertThat(layout.cell()).isEqualTo(128);
    BufferedImage drawn = read(layout);
    Recipe recipe = Recipe.of(AugmenterOptions.builder().resize(32).crop(32).build());
    try (Dataset dataset = Dataset.open(images, 0.1, 1);
        ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      LabeledImage image = dataset.image(Split.TRAIN, dataset.order(Split.TRAIN, 1, 0)[1]);
      Pixels expected =
          new Augmentation(recipe, decoder)
              .pixels(ByteBuffer.wrap(image.read(1 << 20)), Split.TRAIN, 1, image.id());
      assertThat(cell(drawn, layout, 1, 2)).isEqualTo(packed(expected, 4));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX) // where fonts are found by fontconfig
  void shouldDoWithoutFonts() throws Exception {
    Path none =
        Files.writeString(
            folder.resolve("fonts.conf"), "<?xml version=\"1.0\"?><fontconfig></fontconfig>");
    try (MillraceProcess process =
        MillraceProcess.start(
            folder,
            Map.of(
                "FONTCONFIG_FILE",
                none.toString(),
                "JAVA_TOOL_OPTIONS", // Java keeps what it knows of fonts there
                "-Duser.home=" + folder),
            arguments("--images", "2", "--versions", "2"))) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(ExitCode.OK);
      assertThat(process.output()).contains("This machine has no fonts: no captions");
    }
    SheetLayout layout = new SheetLayout(224, 2, 2);
    assertThat(cell(read(layout), layout, 1, 2)).doesNotContain(WHITE);
  }

  @Test
  void shouldReplaceAFileOnlyWhenTold() throws Exception {
    Files.writeString(sheet, "precious");

    assertThat(preview()).isEqualTo(ExitCode.CANNOT_START);
    assertThat(sheet).hasContent("precious");

    assertThat(preview("--overwrite", "--images", "1", "--versions", "1")).isEqualTo(ExitCode.OK);
    read(new SheetLayout(224, 1, 1));
  }

  private int preview(String... more) {
    return Millrace.execute(arguments(more), Map.of());
  }

  private String[] arguments(String... more) {
    String[] usual = {"preview", "--data", images.toString(), "--out", sheet.toString()};
    String[] all = Arrays.copyOf(usual, usual.length + more.length);
    System.arraycopy(more, 0, all, usual.length, more.length);
    return all;
  }

  private BufferedImage read(SheetLayout layout) throws IOException {
    BufferedImage image = ImageIO.read(sheet.toFile());
    assertThat(image.getWidth()).isEqualTo(layout.width());
    assertThat(image.getHeight()).isEqualTo(layout.height());
    return image;
  }

  /** A cell's pixels, without the bits for transparency. */
  private static int[] cell(BufferedImage image, SheetLayout layout, int row, int column) {
    int size = layout.cell();
    int[] pixels = image.getRGB(layout.left(column), layout.top(row), size, size, null, 0, size);
    return Arrays.stream(pixels).map(pixel -> pixel & 0xFFFFFF).toArray();
  }

  private static int[] packed(Pixels pixels, int scale) {
    int width = pixels.width() * scale;
    int[] packed = new int[width * pixels.height() * scale];
    for (int i = 0; i < packed.length; i++) {
      int at = (i / width / scale * pixels.width() + i % width / scale) * Pixels.CHANNELS;
      packed[i] =
          (pixels.rgb()[at] & 0xFF) << 16
              | (pixels.rgb()[at + 1] & 0xFF) << 8
              | (pixels.rgb()[at + 2] & 0xFF);
    }
    return packed;
  }

  // Blue and not very bright, unlike all that is around images.
  private static Pixels picture(int variant) {
    byte[] rgb = new byte[HEIGHT * WIDTH * Pixels.CHANNELS];
    for (int i = 0; i < HEIGHT * WIDTH; i++) {
      int x = i % WIDTH;
      int y = i / WIDTH;
      rgb[3 * i] = (byte) (x / 4 + variant % 7);
      rgb[3 * i + 1] = (byte) (y / 2);
      rgb[3 * i + 2] = (byte) (150 + (x + y * variant) / 9 % 40);
    }
    return new Pixels(HEIGHT, WIDTH, rgb);
  }
}
