package dev.millrace.imaging;

/** Peak signal-to-noise ratio: how near pixels are to others. */
public final class Psnr {
  // Images that are alike have no noise; half a level in one channel of one pixel stands for it.
  private static final double LEAST_SQUARES = 0.25;
  private static final double PEAK = 255;

  private Psnr() {}

  /**
   * The ratio over all pixels and channels, in dB; 107 of 256 x 256 pixels that are alike.
   *
   * @throws IllegalArgumentException if the sizes differ
   */
  public static double of(Pixels one, Pixels other) {
    if (one.height() != other.height() || one.width() != other.width()) {
      throw new IllegalArgumentException(
          "images of one size can be compared, found %d x %d and %d x %d"
              .formatted(one.width(), one.height(), other.width(), other.height()));
    }
    byte[] a = one.rgb();
    byte[] b = other.rgb();
    long squares = 0;
    for (int i = 0; i < a.length; i++) {
      int difference = (a[i] & 0xFF) - (b[i] & 0xFF);
      squares += (long) difference * difference;
    }
    return 10 * Math.log10(PEAK * PEAK * a.length / Math.max(LEAST_SQUARES, (double) squares));
  }
}
