package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.imaging.jpeg.Area;
import dev.millrace.imaging.jpeg.Planes;
import dev.millrace.imaging.jpeg.SequentialDecoder;
import dev.millrace.imaging.jpeg.UnsupportedJpegException;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowDecoderTest extends ImageDecoderContract {
  private static final List<String> SEQUENTIAL =
      List.of(
          "444.jpg",
          "422.jpg",
          "420.jpg",
          "440.jpg",
          "420-restart.jpg",
          "444-restart.jpg",
          "grey.jpg",
          "small.jpg");
  private static final List<String> OTHERS =
      List.of("progressive.jpg", "rgb.jpg", "411.jpg", "arithmetic.jpg");

  private final SequentialDecoder sequential = new SequentialDecoder();

  @Override
  WholeDecoder open(ImageLimits limits) {
    WindowDecoder decoder = new WindowDecoder(limits, new LeptonicaDecoder(limits));
    return new WholeDecoder() {
      @Override
      public Pixels decode(ByteBuffer encoded) throws CorruptImageException {
        return decoder.decode(encoded);
      }

      @Override
      public String name() {
        return decoder.name();
      }

      @Override
      public void close() {
        decoder.close();
      }
    };
  }

  @Test
  void shouldGiveTheBitsOfLibjpegForEverySampling() throws Exception {
    for (String name : SEQUENTIAL) {
      Pixels expected = leptonica(TestImages.resource("jpeg/" + name));

      assertThat(part(name, 0, 0, expected.height(), expected.width()))
          .as(name)
          .isEqualTo(expected.rgb());
    }
  }

  @Test
  void shouldGiveTheBitsOfLibjpegForJpegsOfAnotherEncoder() throws Exception {
    for (ByteBuffer image :
        List.of(
            TestImages.jpeg(TestImages.waves(133, 97)),
            TestImages.jpeg(TestImages.noise(64, 65, 3)),
            TestImages.jpeg(TestImages.waves(5, 200)),
            TestImages.jpeg(TestImages.waves(200, 5)),
            TestImages.written("jpeg", BufferedImage.TYPE_BYTE_GRAY, 31, 33))) {
      Pixels expected = leptonica(image);

      assertThat(part(image, 0, 0, expected.height(), expected.width())).isEqualTo(expected.rgb());
    }
  }

  @Test
  void shouldGiveTheSamePixelsForAPartAsForTheWhole() throws Exception {
    KeyedRandom random = new KeyedRandom(1, 0, "parts");
    for (String name : SEQUENTIAL) {
      Pixels whole = leptonica(TestImages.resource("jpeg/" + name));
      for (int i = 0; i < 60; i++) {
        int height = 1 + random.nextInt(whole.height());
        int width = 1 + random.nextInt(whole.width());
        int top = random.nextInt(whole.height() - height + 1);
        int left = random.nextInt(whole.width() - width + 1);

        assertThat(part(name, top, left, height, width))
            .as("%s, %d x %d from %d, %d", name, height, width, top, left)
            .isEqualTo(part(whole, top, left, height, width));
      }
    }
  }

  @Test
  void shouldLeaveOtherKindsOfJpegToTheLibrary() throws Exception {
    for (String name : OTHERS) {
      ByteBuffer image = TestImages.resource("jpeg/" + name);

      assertThatThrownBy(() -> sequential.decode(image, new Area(0, 0, 1, 1)))
          .as(name)
          .isInstanceOf(UnsupportedJpegException.class);
      try (WholeDecoder decoder = open(ImageLimits.DEFAULT)) {
        assertThat(decoder.decode(image).rgb()).as(name).isEqualTo(leptonica(image).rgb());
      }
    }
  }

  @Test
  void shouldGiveTheSameWindowFromEitherDecoder() throws Exception {
    Window.Choice window = Window.shorterSide(40, 40, new Crop(3, 5, 32, 32));
    for (String name : SEQUENTIAL) {
      ByteBuffer image = TestImages.resource("jpeg/" + name);
      Canvas fromPart = new Canvas();
      Canvas fromWhole = new Canvas();
      try (WindowDecoder decoder =
          new WindowDecoder(ImageLimits.DEFAULT, new LeptonicaDecoder(ImageLimits.DEFAULT))) {
        decoder.decode(image, window, true, fromPart);
        decoder.decode(TestImages.png(leptonica(image)), window, true, fromWhole);
      }

      assertThat(fromPart.toPixels().rgb()).as(name).isEqualTo(fromWhole.toPixels().rgb());
    }
  }

  @Test
  void shouldDecodeALargeImageInBandsLikeASmallOne() throws Exception {
    // 9 megapixels: three bands of planes.
    Pixels large = TestImages.waves(3000, 3000);
    ImageLimits limits = new ImageLimits(64 << 20, 64_000_000);
    Window.Choice window = Window.shorterSide(256, 256, new Crop(7, 9, 224, 224));
    Canvas jpeg = new Canvas();
    Canvas png = new Canvas();
    ByteBuffer encoded = TestImages.jpeg(large);
    try (WindowDecoder decoder = new WindowDecoder(limits, new LeptonicaDecoder(limits))) {
      decoder.decode(encoded, window, false, jpeg);
      decoder.decode(TestImages.png(leptonica(encoded)), window, false, png);
    }

    assertThat(jpeg.toPixels().rgb()).isEqualTo(png.toPixels().rgb());
    Canvas atOnce = new Canvas();
    Resizer resizer = new Resizer();
    resizer.prepare(window.of(3000, 3000), atOnce);
    resizer.resize(WindowDecoder.planes(leptonica(encoded)), false, 0, 224, atOnce);
    assertThat(jpeg.toPixels().rgb()).isEqualTo(atOnce.toPixels().rgb());
  }

  // Whatever the damage: pixels or a refusal, but no other exception and no endless loop.
  @Test
  void shouldEitherDecodeOrRefuseDamagedData() throws Exception {
    KeyedRandom random = new KeyedRandom(7, 0, "damage");
    int refused = 0;
    int cases = 0;
    for (String name : SEQUENTIAL) {
      byte[] good = TestImages.resource("jpeg/" + name).array();
      for (int i = 0; i < 400; i++) {
        byte[] damaged = Arrays.copyOf(good, good.length - random.nextInt(2) * random.nextInt(40));
        for (int n = random.nextInt(6); n >= 0; n--) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        cases++;
        try {
          assertThat(sequential.decode(ByteBuffer.wrap(damaged), new Area(0, 0, 9, 9)).height())
              .isPositive();
        } catch (UnsupportedJpegException e) {
          assertThat(e).hasMessageMatching("(?s).+");
          refused++;
        }
      }
    }
    assertThat(refused).isBetween(cases / 10, cases * 9 / 10);
  }

  private static Pixels leptonica(ByteBuffer image) throws CorruptImageException {
    try (LeptonicaDecoder decoder = new LeptonicaDecoder(ImageLimits.DEFAULT)) {
      return decoder.decode(image);
    }
  }

  private byte[] part(String name, int top, int left, int height, int width) throws Exception {
    return part(TestImages.resource("jpeg/" + name), top, left, height, width);
  }

  private byte[] part(ByteBuffer image, int top, int left, int height, int width) throws Exception {
    Planes planes = sequential.decode(image, new Area(top, left, height, width));
    byte[] rgb = new byte[height * width * 3];
    for (int i = 0; i < rgb.length; i++) {
      int row = top + i / 3 / width - planes.top();
      int at = row * planes.stride() + planes.index(left + i / 3 % width);
      rgb[i] = (byte) planes.channels()[i % 3][at];
    }
    return rgb;
  }

  private static byte[] part(Pixels whole, int top, int left, int height, int width) {
    byte[] rgb = new byte[height * width * 3];
    for (int y = 0; y < height; y++) {
      int from = ((top + y) * whole.width() + left) * 3;
      System.arraycopy(whole.rgb(), from, rgb, y * width * 3, width * 3);
    }
    return rgb;
  }
}
