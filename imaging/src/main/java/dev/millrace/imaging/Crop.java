package dev.millrace.imaging;

/**
 * A rectangle within an image.
 *
 * @param top its first row, from 0
 * @param left its first column, from 0
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record Crop(int top, int left, int height, int width) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if the place is negative or the size less than 1
   */
  public Crop {
    if (top < 0 || left < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a crop needs a place from 0 and a size from 1, found top %d, left %d, %d x %d"
              .formatted(top, left, height, width));
    }
  }
}
