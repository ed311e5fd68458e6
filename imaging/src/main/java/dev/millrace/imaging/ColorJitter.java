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
  /** Largest strength. */
  public static final double MOST = ColorChange.MOST - 1;

  private static final int[][] ORDERS = {
    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}
  };

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a strength is not from 0 to {@link #MOST}
   */
  public ColorJitter {
    if (!(isStrength(brightness) && isStrength(contrast) && isStrength(saturation))) {
      throw new IllegalArgumentException(
          "strengths must be from 0 to %s, found brightness %s, contrast %s, saturation %s"
              .formatted(MOST, brightness, contrast, saturation));
    }
  }

  private static boolean isStrength(double value) {
    return value >= 0 && value <= MOST;
  }

  /** Whether any strength is more than 0. */
  public boolean isOn() {
    return brightness > 0 || contrast > 0 || saturation > 0;
  }

  /** Adds the changes; draws four numbers, whatever the strengths. */
  public void draw(KeyedRandom random, ColorChange change) {
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
        case 0 -> change.brightness(factor);
        case 1 -> change.contrast(factor);
        default -> change.saturation(factor);
      }
    }
  }

  private static double factor(double strength, KeyedRandom random) {
    double least = Math.max(0, 1 - strength);
    return least + (1 + strength - least) * random.nextDouble();
  }
}
