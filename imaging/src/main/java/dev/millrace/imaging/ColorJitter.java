package dev.millrace.imaging;

/**
 * Random brightness, contrast, saturation and hue after torchvision's definitions: the first three
 * each a blend of the image with black, with its mean grey, and with its own grey version, by a
 * factor drawn evenly from {@code max(0, 1 - strength)} to {@code 1 + strength}; the last a turn of
 * the color circle drawn evenly from {@code -strength} to {@code strength}; in random order.
 *
 * @param brightness strength, 0 for none
 * @param contrast strength, 0 for none
 * @param saturation strength, 0 for none
 * @param hue strength in turns, 0 to 0.5, 0 for none
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue) {
  /** Largest strength. */
  public static final double MOST = ColorChange.MOST - 1;

  private static final int OPERATIONS = 4;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a strength is not from 0 to {@link #MOST}, that of hue not
   *     from 0 to 0.5
   */
  public ColorJitter {
    if (!(isStrength(brightness) && isStrength(contrast) && isStrength(saturation))
        || !(hue >= 0 && hue <= 0.5)) {
      throw new IllegalArgumentException(
          "strengths must be from 0 to %s, of hue 0.5, found brightness %s, contrast %s, saturation %s, hue %s"
              .formatted(MOST, brightness, contrast, saturation, hue));
    }
  }

  private static boolean isStrength(double value) {
    return value >= 0 && value <= MOST;
  }

  /** Whether any strength is more than 0. */
  public boolean isOn() {
    return brightness > 0 || contrast > 0 || saturation > 0 || hue > 0;
  }

  /** Adds the changes; draws seven numbers, whatever the strengths. */
  public void draw(KeyedRandom random, ColorChange change) {
    int[] order = order(random);
    double[] factors = {
      factor(brightness, random), factor(contrast, random), factor(saturation, random)
    };
    double turn = hue * (2 * random.nextDouble() - 1);
    for (int operation : order) {
      if (operation < factors.length && factors[operation] == 1) {
        continue;
      }
      switch (operation) {
        case 0 -> change.brightness(factors[0]);
        case 1 -> change.contrast(factors[1]);
        case 2 -> change.saturation(factors[2]);
        default -> {
          if (turn != 0) {
            change.hue(turn);
          }
        }
      }
    }
  }

  // Every order as likely as the others (Fisher and Yates).
  private static int[] order(KeyedRandom random) {
    int[] order = {0, 1, 2, 3};
    for (int last = OPERATIONS - 1; last > 0; last--) {
      int drawn = random.nextInt(last + 1);
      int kept = order[last];
      order[last] = order[drawn];
      order[drawn] = kept;
    }
    return order;
  }

  private static double factor(double strength, KeyedRandom random) {
    double least = Math.max(0, 1 - strength);
    return least + (1 + strength - least) * random.nextDouble();
  }
}
