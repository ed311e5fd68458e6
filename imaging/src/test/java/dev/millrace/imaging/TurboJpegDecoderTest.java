package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TurboJpegDecoderTest extends ImageDecoderContract {
  @BeforeEach
  void needsTheLibrary() {
    assumeTrue(
        TurboJpegLibrary.find().isPresent(),
        "needs the system's libturbojpeg (Debian package libturbojpeg0)");
  }

  @Override
  WholeDecoder open(ImageLimits limits) {
    return new TurboJpegDecoder(TurboJpegLibrary.find().orElseThrow(), limits);
  }

  @Test
  void shouldGiveTheSamePixelsAsLeptonica() throws Exception {
    List<ByteBuffer> images =
        List.of(
            TestImages.jpeg(TestImages.waves(133, 97)),
            TestImages.jpeg(TestImages.noise(64, 65, 3)),
            TestImages.written("jpeg", BufferedImage.TYPE_BYTE_GRAY, 31, 33),
            TestImages.resource("cmyk.jpg"),
            TestImages.resource("ycck.jpg"));
    try (WholeDecoder turbo = open(ImageLimits.DEFAULT);
        WholeDecoder leptonica = new LeptonicaDecoder(ImageLimits.DEFAULT)) {
      for (ByteBuffer image : images) {
        assertThat(turbo.decode(image).rgb()).isEqualTo(leptonica.decode(image).rgb());
      }
    }
  }
}
