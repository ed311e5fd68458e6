package dev.millrace.imaging;

import dev.millrace.imaging.jpeg.Area;

/**
 * A part of random area and aspect ratio (Szegedy et al. 2015, section 6), drawn as torchvision
 * does: ten trials, each with an area drawn evenly and an aspect ratio drawn evenly on a
 * logarithmic scale; if none fits, the largest central part whose aspect ratio is allowed.
 *
 * @param minArea least share of the image's area, over 0 to 1; the most is all of it
 */
public record RandomResizedCrop(double minArea) {
  private static final int TRIALS = 10;
  private static final double NARROWEST = 3.0 / 4;
  private static final double WIDEST = 4.0 / 3;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the area is not over 0 to 1
   */
  public RandomResizedCrop {
    if (!(minArea > 0 && minArea <= 1)) {
      throw new IllegalArgumentException(
          "the least area must be over 0 and at most 1, found " + minArea);
    }
  }

  /**
   * Draws the part, and resizes it.
   *
   * @param size height and width of the result, in pixels
   */
  public Window.Choice draw(KeyedRandom random, int size) {
    return (height, width) ->
        new Window(part(random, height, width), size, size, new Crop(0, 0, size, size));
  }

  private Area part(KeyedRandom random, int height, int width) {
    for (int trial = 0; trial < TRIALS; trial++) {
      double area = (minArea + (1 - minArea) * random.nextDouble()) * height * width;
      // StrictMath gives the same bits on every machine.
      double aspect =
          StrictMath.exp(
              StrictMath.log(NARROWEST) + random.nextDouble() * StrictMath.log(WIDEST / NARROWEST));
      int partWidth = (int) Math.rint(Math.sqrt(area * aspect));
      int partHeight = (int) Math.rint(Math.sqrt(area / aspect));
      if (partWidth > 0 && partWidth <= width && partHeight > 0 && partHeight <= height) {
        int top = random.nextInt(height - partHeight + 1);
        int left = random.nextInt(width - partWidth + 1);
        return new Area(top, left, partHeight, partWidth);
      }
    }
    int partWidth = (int) Math.clamp(Math.rint(height * WIDEST), 1, width);
    int partHeight = (int) Math.clamp(Math.rint(width / NARROWEST), 1, height);
    return new Area((height - partHeight) / 2, (width - partWidth) / 2, partHeight, partWidth);
  }
}
