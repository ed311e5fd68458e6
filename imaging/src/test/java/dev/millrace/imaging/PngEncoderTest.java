package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PngEncoderTest {
  @Test
  void shouldWriteWhatTheDecoderReadsAgain() throws Exception {
    byte[] rgb = new byte[7 * 5 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 37);
    }
    byte[] png = PngEncoder.encode(new Pixels(7, 5, rgb));

    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      Pixels read = decoder.decode(ByteBuffer.wrap(png));
      assertThat(read.height()).isEqualTo(7);
      assertThat(read.width()).isEqualTo(5);
      assertThat(read.rgb()).isEqualTo(rgb);
    }
  }
}
