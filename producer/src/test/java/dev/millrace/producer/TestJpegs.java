package dev.millrace.producer;

import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.KeyedRandom;
import dev.millrace.imaging.Pixels;

/** Small JPEGs that tests make themselves. */
public final class TestJpegs {
  private TestJpegs() {}

  /**
   * Noise, which hardly shrinks by encoding: 40 x 40 pixels are about 2,000 bytes.
   *
   * @param name another name gives another image
   */
  public static byte[] noise(int height, int width, String name) {
    KeyedRandom random = new KeyedRandom(1, 0, name);
    byte[] rgb = new byte[height * width * Pixels.CHANNELS];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) random.nextInt(256);
    }
    return JpegEncoder.encode(new Pixels(height, width, rgb), 90);
  }
}
