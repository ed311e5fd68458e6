package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What every decoder must do. */
abstract class ImageDecoderContract {
  abstract WholeDecoder open(ImageLimits limits);

  private Pixels decode(ByteBuffer encoded) throws CorruptImageException {
    try (WholeDecoder decoder = open(ImageLimits.DEFAULT)) {
      return decoder.decode(encoded);
    }
  }

  @Test
  void shouldDecodeColorJpeg() throws Exception {
    Pixels drawn = TestImages.waves(67, 91);

    Pixels decoded = decode(TestImages.jpeg(drawn));

    assertThat(decoded.height()).isEqualTo(67);
    assertThat(decoded.width()).isEqualTo(91);
    assertThat(TestImages.psnr(decoded.rgb(), drawn.rgb())).isGreaterThan(30);
  }

  @Test
  void shouldTurnGreyJpegIntoEqualChannels() throws Exception {
    Pixels decoded = decode(TestImages.written("jpeg", BufferedImage.TYPE_BYTE_GRAY, 20, 30));

    assertThat(decoded.rgb()).hasSize(20 * 30 * 3);
    for (int i = 0; i < decoded.rgb().length; i += 3) {
      assertThat(decoded.rgb()[i]).isEqualTo(decoded.rgb()[i + 1]).isEqualTo(decoded.rgb()[i + 2]);
    }
  }

  @Test
  void shouldTurnCmykIntoRgb() throws Exception {
    // Red, green, blue and white quarters of 16 x 16 pixels.
    for (String name : new String[] {"cmyk.jpg", "ycck.jpg"}) {
      Pixels decoded = decode(TestImages.resource(name));

      assertThat(decoded.width()).as(name).isEqualTo(32);
      assertColor(decoded, 4, 4, 255, 0, 0);
      assertColor(decoded, 4, 27, 0, 255, 0);
      assertColor(decoded, 27, 4, 0, 0, 255);
      assertColor(decoded, 27, 27, 255, 255, 255);
    }
  }

  @Test
  void shouldDecodePngOfAnyKindExactly() throws Exception {
    for (int type :
        new int[] {
          BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_3BYTE_BGR
        }) {
      Pixels decoded = decode(TestImages.png(type, 10, 17));

      assertColor(decoded, 3, 5, 5 * 255 / 17, 3 * 255 / 10, 128);
    }
    assertThat(decode(TestImages.png(BufferedImage.TYPE_BYTE_GRAY, 9, 8)).rgb()).hasSize(9 * 8 * 3);
    assertThat(decode(TestImages.png(BufferedImage.TYPE_USHORT_GRAY, 9, 8)).rgb()).hasSize(216);
    assertThat(decode(TestImages.png(BufferedImage.TYPE_BYTE_INDEXED, 9, 8)).rgb()).hasSize(216);
    assertThat(decode(TestImages.png(BufferedImage.TYPE_BYTE_BINARY, 9, 8)).rgb()).hasSize(216);
  }

  @Test
  void shouldTakeTheUpperBytesOfA16BitPng() throws Exception {
    // Both values of each pair differ in their lower bytes alone, or in their upper ones.
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
    int[] values = {0x1200, 0x12FF, 0x9A00};
    for (int x = 0; x < 3; x++) {
      image.getRaster().setSample(x, 0, 0, values[x]);
    }

    assertThat(decode(TestImages.encoded("png", image)).rgb())
        .isEqualTo(
            new byte[] {0x12, 0x12, 0x12, 0x12, 0x12, 0x12, (byte) 0x9A, (byte) 0x9A, (byte) 0x9A});
  }

  @Test
  void shouldDecodeWebP() throws Exception {
    Pixels drawn = TestImages.waves(21, 35);

    assertThat(decode(TestImages.webp(drawn, true)).rgb()).isEqualTo(drawn.rgb());
    Pixels lossy = decode(TestImages.webp(drawn, false));
    assertThat(lossy.height()).isEqualTo(21);
    assertThat(lossy.width()).isEqualTo(35);
    assertThat(TestImages.psnr(lossy.rgb(), drawn.rgb())).isGreaterThan(20);
  }

  @Test
  void shouldDecodeTheFirstFrameOfAGif() throws Exception {
    BufferedImage first = new BufferedImage(30, 20, BufferedImage.TYPE_BYTE_INDEXED);
    first.createGraphics().fillRect(0, 0, 15, 20);
    BufferedImage second = new BufferedImage(30, 20, BufferedImage.TYPE_BYTE_INDEXED);

    Pixels decoded = decode(TestImages.gif(first, second));

    assertThat(decoded.height()).isEqualTo(20);
    assertThat(decoded.width()).isEqualTo(30);
    assertColor(decoded, 10, 5, 255, 255, 255);
    assertColor(decoded, 10, 25, 0, 0, 0);
  }

  @Test
  void shouldRefuseWebPAndGifThatAreBrokenOrOverALimit() throws Exception {
    byte[] webp = TestImages.webp(TestImages.waves(21, 35), true).array();
    byte[] gif =
        TestImages.gif(new BufferedImage(300, 200, BufferedImage.TYPE_BYTE_INDEXED)).array();
    for (byte[] whole : new byte[][] {webp, gif}) {
      for (int length = 4; length < whole.length - 20; length += 29) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> decode(ByteBuffer.wrap(cut)))
            .as("after %d bytes", length)
            .isInstanceOf(CorruptImageException.class);
      }
      try (WholeDecoder decoder = open(new ImageLimits(1 << 20, 700))) {
        assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(whole)))
            .isInstanceOf(CorruptImageException.class)
            .hasMessageContaining("700 pixels at most");
      }
    }
  }

  @Test
  void shouldDecodeOnePixel() throws Exception {
    assertThat(decode(TestImages.jpeg(new Pixels(1, 1, new byte[] {9, 9, 9}))).rgb()).hasSize(3);
  }

  @Test
  void shouldDecodeDirectBuffersAndLeaveTheirPosition() throws Exception {
    ByteBuffer heap = TestImages.jpeg(TestImages.waves(20, 30));
    ByteBuffer direct = ByteBuffer.allocateDirect(heap.remaining() + 5).position(5);
    direct.put(heap.duplicate()).flip().position(5);

    assertThat(decode(direct.asReadOnlyBuffer()).rgb()).isEqualTo(decode(heap).rgb());
    assertThat(decode(heap.asReadOnlyBuffer()).rgb()).isEqualTo(decode(heap).rgb());
    assertThat(direct.position()).isEqualTo(5);
  }

  @Test
  void shouldRefuseWhatIsNoImageAndSayHowItStarts() {
    assertThatThrownBy(() -> decode(ByteBuffer.wrap("bad".getBytes(StandardCharsets.US_ASCII))))
        .isInstanceOf(CorruptImageException.class)
        .hasMessage("not a JPEG, PNG, WebP or GIF, starts with 62 61 64");
    assertThatThrownBy(() -> decode(ByteBuffer.allocate(0))).hasMessage("the file is empty");
  }

  @Test
  void shouldRefuseAnImageCutShortAnywhere() {
    byte[] whole = TestImages.jpeg(TestImages.waves(64, 64)).array();
    for (int length = 1; length < whole.length - 1; length += 37) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> decode(ByteBuffer.wrap(cut)))
          .as("after %d bytes", length)
          .isInstanceOf(CorruptImageException.class);
    }
    byte[] png = TestImages.png(BufferedImage.TYPE_INT_RGB, 40, 40).array();
    assertThatThrownBy(() -> decode(ByteBuffer.wrap(Arrays.copyOf(png, png.length / 2))))
        .isInstanceOf(CorruptImageException.class)
        .hasMessageContaining("cut short");
  }

  @Test
  void shouldNeverCrashOnDamagedBytes() {
    byte[] whole = TestImages.jpeg(TestImages.waves(64, 64)).array();
    KeyedRandom random = new KeyedRandom(1, 0, "damage");
    int decoded = 0;
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      for (int n = 0; n < 5; n++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        decoded += decode(ByteBuffer.wrap(damaged)).rgb().length > 0 ? 1 : 0;
      } catch (CorruptImageException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
    assertThat(decoded).isPositive();
  }

  @Test
  void shouldNeverCrashOnDamagedBytesOfOtherFormats() throws Exception {
    KeyedRandom random = new KeyedRandom(2, 0, "damage");
    Pixels drawn = TestImages.waves(40, 40);
    BufferedImage indexed = new BufferedImage(40, 40, BufferedImage.TYPE_BYTE_INDEXED);
    for (ByteBuffer good :
        new ByteBuffer[] {
          TestImages.png(drawn),
          TestImages.webp(drawn, true),
          TestImages.webp(drawn, false),
          TestImages.gif(indexed, indexed)
        }) {
      for (int i = 0; i < 150; i++) {
        byte[] damaged = new byte[good.remaining()];
        good.duplicate().get(damaged);
        for (int n = 0; n < 3; n++) {
          damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt(256);
        }
        try {
          assertThat(decode(ByteBuffer.wrap(damaged)).rgb()).isNotEmpty();
        } catch (CorruptImageException e) {
          assertThat(e).hasMessageMatching("(?s).+");
        }
      }
    }
  }

  @Test
  void shouldRefuseAnImageOverALimitBeforeAnythingIsAllocated() throws Exception {
    byte[] bytes = TestImages.jpeg(TestImages.waves(16, 16)).array();
    for (int i = 0; i < bytes.length - 8; i++) {
      if ((bytes[i] & 0xFF) == 0xFF && (bytes[i + 1] & 0xFF) == 0xC0) {
        bytes[i + 5] = bytes[i + 7] = (byte) (20_000 >> 8);
        bytes[i + 6] = bytes[i + 8] = (byte) 20_000;
      }
    }

    assertThatThrownBy(() -> decode(ByteBuffer.wrap(bytes)))
        .isInstanceOf(CorruptImageException.class)
        .hasMessage("an image may have 64000000 pixels at most, found 20000 x 20000");
    try (WholeDecoder decoder = open(new ImageLimits(100, 1000))) {
      assertThatThrownBy(() -> decoder.decode(ByteBuffer.wrap(bytes)))
          .isInstanceOf(CorruptImageException.class)
          .hasMessageContaining("100 bytes at most");
    }
  }

  private static void assertColor(Pixels pixels, int y, int x, int red, int green, int blue) {
    int i = (y * pixels.width() + x) * 3;
    assertThat(pixels.rgb()[i] & 0xFF).isCloseTo(red, within(12));
    assertThat(pixels.rgb()[i + 1] & 0xFF).isCloseTo(green, within(12));
    assertThat(pixels.rgb()[i + 2] & 0xFF).isCloseTo(blue, within(12));
  }
}
