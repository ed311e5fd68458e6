package dev.millrace.imaging;

/** Maps the 256 levels of a channel by a table. */
final class Levels {
  private Levels() {}

  /** The table of {@code factor * level + shift}, rounded and kept within 0 to 255. */
  static byte[] table(double factor, double shift) {
    byte[] table = new byte[256];
    for (int level = 0; level < table.length; level++) {
      table[level] = (byte) clamp(Math.rint(factor * level + shift));
    }
    return table;
  }

  static void apply(Pixels pixels, byte[] red, byte[] green, byte[] blue) {
    byte[] rgb = pixels.rgb();
    for (int i = 0; i < rgb.length; i += Pixels.CHANNELS) {
      rgb[i] = red[rgb[i] & 0xFF];
      rgb[i + 1] = green[rgb[i + 1] & 0xFF];
      rgb[i + 2] = blue[rgb[i + 2] & 0xFF];
    }
  }

  static int clamp(double value) {
    return (int) Math.max(0, Math.min(255, value));
  }
}
