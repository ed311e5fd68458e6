package dev.millrace.imaging;

/**
 * CMYK to RGB. JPEG files hold the inverted inks that Adobe's programs write (255 is no ink), so
 * that a channel is its ink times black over 255; leptonica converts in the same way.
 */
final class Cmyk {
  private Cmyk() {}

  static byte[] toRgb(byte[] cmyk) {
    byte[] rgb = new byte[cmyk.length / 4 * 3];
    for (int in = 0, out = 0; in < cmyk.length; in += 4, out += 3) {
      int black = cmyk[in + 3] & 0xFF;
      rgb[out] = (byte) ((cmyk[in] & 0xFF) * black / 255);
      rgb[out + 1] = (byte) ((cmyk[in + 1] & 0xFF) * black / 255);
      rgb[out + 2] = (byte) ((cmyk[in + 2] & 0xFF) * black / 255);
    }
    return rgb;
  }
}
