package dev.millrace.imaging;

/**
 * Random brightness, contrast and saturation after torchvision's definitions: each a blend of the
 * image with black, with its mean grey, and with its own grey version, by a factor drawn evenly
 * from {@code max(0, 1 - strength)} to {@code 1 + strength}; in random order.
 *
 * @param brightness strength, 0 for none
 * @param contrast strength, 0 for none
 * @param saturation strength, 0 for none
 */
public record ColorJitter(double brightness, double contrast, double saturation) {
  private static final int[][] ORDERS = {
    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}
  };

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a strength is negative or not a number
   */
  public ColorJitter {
    if (!(brightness >= 0 && contrast >= 0 && saturation >= 0)) {
      throw new IllegalArgumentException(
          "strengths must be at least 0, found brightness %s, contrast %s, saturation %s"
              .formatted(brightness, contrast, saturation));
    }
  }

  /** Changes the pixels in place; draws four numbers, whatever the strengths. */
  public void apply(Pixels pixels, KeyedRandom random) {
    int[] order = ORDERS[random.nextInt(ORDERS.length)];
    double[] factors = {
      factor(brightness, random), factor(contrast, random), factor(saturation, random)
    };
    for (int operation : order) {
      double factor = factors[operation];
      if (factor == 1) {
        continue;
      }
      switch (operation) {
        case 0 -> brightness(pixels, factor);
        case 1 -> contrast(pixels, factor);
        default -> saturation(pixels, factor);
      }
    }
  }

  static void brightness(Pixels pixels, double factor) {
    byte[] table = Levels.table(factor, 0);
    Levels.apply(pixels, table, table, table);
  }

  static void contrast(Pixels pixels, double factor) {
    byte[] table = Levels.table(factor, (1 - factor) * meanGrey(pixels));
    Levels.apply(pixels, table, table, table);
  }

  static void saturation(Pixels pixels, double factor) {
    byte[] rgb = pixels.rgb();
    for (int i = 0; i < rgb.length; i += Pixels.CHANNELS) {
      double grey = (1 - factor) * grey(rgb, i);
      for (int c = i; c < i + Pixels.CHANNELS; c++) {
        rgb[c] = (byte) Levels.clamp(Math.rint(factor * (rgb[c] & 0xFF) + grey));
      }
    }
  }

  private static double meanGrey(Pixels pixels) {
    byte[] rgb = pixels.rgb();
    double sum = 0;
    for (int i = 0; i < rgb.length; i += Pixels.CHANNELS) {
      sum += grey(rgb, i);
    }
    return sum * Pixels.CHANNELS / rgb.length;
  }

  // ITU-R 601, as torchvision has it.
  private static double grey(byte[] rgb, int i) {
    return 0.2989 * (rgb[i] & 0xFF) + 0.587 * (rgb[i + 1] & 0xFF) + 0.114 * (rgb[i + 2] & 0xFF);
  }

  private static double factor(double strength, KeyedRandom random) {
    double least = Math.max(0, 1 - strength);
    return least + (1 + strength - least) * random.nextDouble();
  }
}
