package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JpegEncoderTest {
  private static final int JFIF_MINOR_VERSION = 12; // place of the one byte that differs

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 90, 95, 100})
  void shouldWriteTheBytesOfTheJdksEncoder(int quality) throws Exception {
    Pixels pixels = TestImages.waves(61, 83);

    byte[] encoded = JpegEncoder.encode(pixels, quality);

    byte[] expected = byTheJdk(pixels, quality);
    expected[JFIF_MINOR_VERSION] = encoded[JFIF_MINOR_VERSION];
    assertThat(encoded).isEqualTo(expected);
  }

  @Test
  void shouldEncodeACanvasAsItsPixels() throws Exception {
    Canvas canvas = new Canvas();
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      decoder.decode(TestImages.png(TestImages.noise(33, 50, 1)), Window.whole(), false, canvas);
    }

    assertThat(JpegEncoder.encode(canvas, 80))
        .isEqualTo(JpegEncoder.encode(TestImages.noise(33, 50, 1), 80));
  }

  @Test
  void shouldRefuseWhatNoJpegCanHold() {
    Pixels pixel = TestImages.waves(1, 1);

    assertThatThrownBy(() -> JpegEncoder.encode(pixel, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("quality must be from 1 to 100, found 0");
    assertThatThrownBy(() -> JpegEncoder.encode(TestImages.noise(1, 65_501, 1), 90))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a JPEG has at most 65500 pixels a side, found 65501 x 1");
  }

  private static byte[] byTheJdk(Pixels pixels, int quality) throws IOException {
    BufferedImage image =
        ImageIO.read(new ByteArrayInputStream(bytes(TestImages.png(pixels)))); // is lossless
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(quality / 100f);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
