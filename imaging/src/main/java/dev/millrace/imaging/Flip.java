package dev.millrace.imaging;

/** Mirrors pixels. */
public final class Flip {
  private Flip() {}

  /** Swaps left and right, in place. */
  public static void horizontal(Pixels pixels) {
    byte[] rgb = pixels.rgb();
    int row = pixels.width() * Pixels.CHANNELS;
    for (int start = 0; start < rgb.length; start += row) {
      int left = start;
      int right = start + row - Pixels.CHANNELS;
      while (left < right) {
        swap(rgb, left++, right++);
        swap(rgb, left++, right++);
        swap(rgb, left++, right);
        right -= 2 * Pixels.CHANNELS - 1;
      }
    }
  }

  private static void swap(byte[] rgb, int a, int b) {
    byte kept = rgb[a];
    rgb[a] = rgb[b];
    rgb[b] = kept;
  }
}
