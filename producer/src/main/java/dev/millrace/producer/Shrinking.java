package dev.millrace.producer;

import dev.millrace.imaging.Window;
import dev.millrace.schemas.OptionFaults;

/**
 * How images are shrunk on their way into the topics.
 *
 * @param prepare side of the square that all images are shrunk to: the shorter side gets that
 *     length, and the centre is taken; 0 leaves them as they are
 * @param larger shorter side that only images over the largest size are shrunk to, at their own
 *     proportion; 0 makes dead letters of them
 * @param quality of the JPEGs, 1 to 100, on libjpeg's scale
 */
public record Shrinking(int prepare, int larger, int quality) {
  /** The quality unless another is chosen. */
  public static final int USUAL_QUALITY = 90;

  /** Larger files are not even read to be shrunk, in bytes. */
  static final int MOST_SOURCE_BYTES = 256 << 20;

  /** Images stay as they are. */
  public static final Shrinking NONE = new Shrinking(0, 0, USUAL_QUALITY);

  /** The shortest side that an image may be shrunk to, in pixels. */
  public static final int LEAST_SIDE = 16;

  /** The longest. */
  public static final int MOST_SIDE = 4096;

  /** Checks the ranges, by the options' names. */
  void check(OptionFaults faults) {
    checkSide(faults, "prepare", prepare);
    checkSide(faults, "shrink-larger", larger);
    faults.range("prepare-quality", quality, 1, 100);
  }

  private static void checkSide(OptionFaults faults, String name, int side) {
    if (side != 0 && (side < LEAST_SIDE || side > MOST_SIDE)) {
      faults.add(
          "%s must be 0 or from %d to %d, found %d".formatted(name, LEAST_SIDE, MOST_SIDE, side));
    }
  }

  /** Whether every image is shrunk. */
  boolean shrinksAll() {
    return prepare > 0;
  }

  /** Whether images over the largest size are shrunk. */
  boolean shrinksLarger() {
    return prepare > 0 || larger > 0;
  }

  /** What is kept of an image that is shrunk. */
  Window.Choice window() {
    return shrinksAll() ? Window.centre(prepare) : Window.within(larger);
  }

  /** The option that shrinks. */
  String option() {
    return shrinksAll() ? "--prepare" : "--shrink-larger";
  }
}
