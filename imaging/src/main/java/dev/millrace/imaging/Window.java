package dev.millrace.imaging;

import dev.millrace.imaging.jpeg.Area;

/**
 * What is wanted of an image: a part of it, resized, and of that a crop.
 *
 * @param source the part of the image; pixels outside of it have no influence
 * @param height rows that the part is resized to, at least 1
 * @param width columns that the part is resized to, at least 1
 * @param crop the part of the resized part that is wanted
 */
public record Window(Area source, int height, int width, Crop crop) {
  /** Chooses the window when an image's size is known. */
  public interface Choice {
    /**
     * The window of an image of a size.
     *
     * @throws IllegalArgumentException if there is none
     */
    Window of(int height, int width);
  }

  /**
   * Checks that the crop is within.
   *
   * @throws IllegalArgumentException if it reaches out of the resized part
   */
  public Window {
    if (crop.top() + crop.height() > height || crop.left() + crop.width() > width) {
      throw new IllegalArgumentException(
          "a crop must lie in the %d x %d pixels that it is taken of, found %s"
              .formatted(height, width, crop));
    }
  }

  /** All of the image as it is. */
  public static Choice whole() {
    return (height, width) ->
        new Window(new Area(0, 0, height, width), height, width, new Crop(0, 0, height, width));
  }

  /**
   * All of the image, its longer side resized to a length and the shorter one in proportion.
   *
   * @param longerSide length of the resized image's longer side, in pixels, at least 1
   */
  public static Choice fitted(int longerSide) {
    return (height, width) -> {
      double scale = (double) longerSide / Math.max(height, width);
      int resizedHeight = Math.max(1, (int) Math.round(height * scale));
      int resizedWidth = Math.max(1, (int) Math.round(width * scale));
      return new Window(
          new Area(0, 0, height, width),
          resizedHeight,
          resizedWidth,
          new Crop(0, 0, resizedHeight, resizedWidth));
    };
  }

  /**
   * The shorter side gets a length, of that the central square is taken, and from it a crop:
   * section 2 and 4.1 of Krizhevsky, Sutskever and Hinton 2012.
   *
   * @param shorterSide length of the resized image's shorter side, in pixels, at least 1; the
   *     longer side keeps the proportion, rounded to whole pixels
   * @param centre length of the central square's sides, in pixels, at most {@code shorterSide}
   * @param crop the part of that square that is wanted
   * @throws IllegalArgumentException if the square or the crop reaches out of the image
   */
  public static Choice shorterSide(int shorterSide, int centre, Crop crop) {
    if (centre > shorterSide
        || crop.top() + crop.height() > centre
        || crop.left() + crop.width() > centre) {
      throw new IllegalArgumentException(
          "a crop must lie in the central square of %d, and that in %d pixels, found %s"
              .formatted(centre, shorterSide, crop));
    }
    return (height, width) -> {
      int shorter = Math.min(height, width);
      int resizedHeight = scaled(height, shorterSide, shorter);
      int resizedWidth = scaled(width, shorterSide, shorter);
      return new Window(
          new Area(0, 0, height, width),
          resizedHeight,
          resizedWidth,
          new Crop(
              (resizedHeight - centre) / 2 + crop.top(),
              (resizedWidth - centre) / 2 + crop.left(),
              crop.height(),
              crop.width()));
    };
  }

  /**
   * The shorter side gets a length, longer or shorter than it was, and of that the central square
   * is taken: what section 2 of Krizhevsky, Sutskever and Hinton 2012 stores.
   *
   * @param side length of the square's sides, in pixels, at least 1
   */
  public static Choice centre(int side) {
    return shorterSide(side, side, new Crop(0, 0, side, side));
  }

  /**
   * All of the image, shrunk so far that its shorter side has a length; as it is where that is
   * shorter already.
   *
   * @param shorterSide length of the resized image's shorter side, in pixels, at least 1
   */
  public static Choice within(int shorterSide) {
    return (height, width) -> {
      int shorter = Math.min(height, width);
      int length = Math.min(shorter, shorterSide);
      int resizedHeight = scaled(height, length, shorter);
      int resizedWidth = scaled(width, length, shorter);
      return new Window(
          new Area(0, 0, height, width),
          resizedHeight,
          resizedWidth,
          new Crop(0, 0, resizedHeight, resizedWidth));
    };
  }

  private static int scaled(int length, int shorterSide, int shorter) {
    long scaled = Math.round((double) length * shorterSide / shorter);
    if (scaled > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException(
          "an image of %d times its shorter side is too long to be resized"
              .formatted(length / shorter));
    }
    return (int) scaled;
  }
}
