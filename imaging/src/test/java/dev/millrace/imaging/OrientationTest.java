package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {
  private static final int HEIGHT = 37;
  private static final int WIDTH = 53;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void shouldTurnThePictureAsExifTells(int exif) throws Exception {
    ByteBuffer stored = TestImages.jpeg(TestImages.waves(HEIGHT, WIDTH));
    Pixels pixels = decode(stored, Window.whole(), false);

    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      Pixels seen = decode(tagged(stored, exif, order), Window.whole(), false);

      assertThat(seen.rgb()).isEqualTo(turned(pixels, exif).rgb());
      assertThat(seen.height()).isEqualTo(exif >= 5 && exif <= 8 ? WIDTH : HEIGHT);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
  void shouldTakeAWindowOfThePictureAndNotOfWhatIsStored(int exif) throws Exception {
    Pixels drawn = TestImages.waves(90, 131);
    ByteBuffer stored = TestImages.jpeg(drawn);
    // A png holds the picture as it is seen.
    ByteBuffer picture = TestImages.png(turned(decode(stored, Window.whole(), false), exif));
    List<Supplier<Window.Choice>> windows =
        List.of(
            () -> Window.shorterSide(40, 40, new Crop(3, 8, 30, 21)),
            () -> new RandomResizedCrop(0.08).draw(new KeyedRandom(3, 0, "part"), 32));
    for (Supplier<Window.Choice> window : windows) {
      Pixels expected = decode(picture, window.get(), true);
      Pixels actual = decode(tagged(stored, exif, ByteOrder.BIG_ENDIAN), window.get(), true);

      assertThat(actual.height()).isEqualTo(expected.height());
      // Rows are resized before columns: turned, roundings differ.
      assertThat(TestImages.psnr(actual.rgb(), expected.rgb())).isGreaterThan(50);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8, 12, 20, 33})
  void shouldTakeBrokenExifForUpright(int length) throws Exception {
    ByteBuffer stored = TestImages.jpeg(TestImages.waves(HEIGHT, WIDTH));
    byte[] segment = Arrays.copyOf(exif(6, ByteOrder.BIG_ENDIAN), length);

    assertThat(decode(tagged(stored, segment), Window.whole(), false).rgb())
        .isEqualTo(decode(stored, Window.whole(), false).rgb());
  }

  private static Pixels decode(ByteBuffer encoded, Window.Choice window, boolean mirrored)
      throws CorruptImageException {
    Canvas canvas = new Canvas();
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      decoder.decode(encoded, window, mirrored, canvas);
    }
    return canvas.toPixels();
  }

  // By EXIF's table: what the stored first row and first column are in the picture.
  private static Pixels turned(Pixels stored, int exif) {
    boolean swapped = exif >= 5 && exif <= 8;
    int height = swapped ? stored.width() : stored.height();
    int width = swapped ? stored.height() : stored.width();
    byte[] rgb = new byte[stored.rgb().length];
    for (int row = 0; row < stored.height(); row++) {
      for (int column = 0; column < stored.width(); column++) {
        int fromBottom = stored.height() - 1 - row;
        int fromRight = stored.width() - 1 - column;
        int y;
        int x;
        switch (exif) {
          case 2 -> { // row 0 top, column 0 right
            y = row;
            x = fromRight;
          }
          case 3 -> { // bottom, right
            y = fromBottom;
            x = fromRight;
          }
          case 4 -> { // bottom, left
            y = fromBottom;
            x = column;
          }
          case 5 -> { // left, top
            y = column;
            x = row;
          }
          case 6 -> { // right, top
            y = column;
            x = fromBottom;
          }
          case 7 -> { // right, bottom
            y = fromRight;
            x = fromBottom;
          }
          case 8 -> { // left, bottom
            y = fromRight;
            x = row;
          }
          default -> {
            y = row;
            x = column;
          }
        }
        System.arraycopy(
            stored.rgb(), (row * stored.width() + column) * 3, rgb, (y * width + x) * 3, 3);
      }
    }
    return new Pixels(height, width, rgb);
  }

  static ByteBuffer tagged(ByteBuffer jpeg, int exif, ByteOrder order) {
    return tagged(jpeg, exif(exif, order));
  }

  private static ByteBuffer tagged(ByteBuffer jpeg, byte[] segment) {
    byte[] bytes = new byte[jpeg.remaining()];
    jpeg.duplicate().get(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, 2);
    out.write(0xFF);
    out.write(0xE1);
    out.write((segment.length + 2) >> 8);
    out.write(segment.length + 2);
    out.writeBytes(segment);
    out.write(bytes, 2, bytes.length - 2);
    return ByteBuffer.wrap(out.toByteArray());
  }

  private static byte[] exif(int value, ByteOrder order) {
    ByteBuffer out = ByteBuffer.allocate(48);
    out.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
    out.order(order);
    out.put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(StandardCharsets.US_ASCII));
    out.putShort((short) 42).putInt(8).putShort((short) 2);
    out.putShort((short) 0x0100).putShort((short) 4).putInt(1).putInt(77);
    out.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) value);
    return out.array();
  }
}
