package dev.millrace.augmenter;

import dev.millrace.imaging.ColorJitter;
import dev.millrace.imaging.Crop;
import dev.millrace.imaging.Flip;
import dev.millrace.imaging.KeyedRandom;
import dev.millrace.imaging.PcaLighting;
import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.Resize;
import dev.millrace.schemas.Split;

/**
 * What is done to an image's pixels, after section 4.1 of Krizhevsky, Sutskever and Hinton (2012):
 * the shorter side is resized, the central square cut out, and from it, for training, a crop at
 * random, mirrored half the time, with its colors shifted along the principal components of
 * ImageNet's; for validation the whole square, of which the network takes its centre or ten crops.
 *
 * <p>A pure function of the pixels, the seed, the epoch and the image's id. Crop and flip are drawn
 * first, so that switching jitter or lighting on or off leaves them as they were.
 *
 * @param seed the run's seed
 * @param resize length of the resized shorter side, in pixels
 * @param crop height and width of the result for training, in pixels, at most {@code resize}
 * @param flip probability of a horizontal flip, 0 to 1
 * @param lighting standard deviation of PCA lighting; 0 is off
 * @param brightness strength of brightness jitter; 0 is off
 * @param contrast strength of contrast jitter; 0 is off
 * @param saturation strength of saturation jitter; 0 is off
 */
public record Recipe(
    long seed,
    int resize,
    int crop,
    double flip,
    double lighting,
    double brightness,
    double contrast,
    double saturation) {
  /** The recipe that the options ask for. */
  public static Recipe of(AugmenterOptions options) {
    return new Recipe(
        options.seed(),
        options.resize(),
        options.crop(),
        options.flip(),
        options.lighting(),
        options.brightness(),
        options.contrast(),
        options.saturation());
  }

  /** Bytes of one training tensor's elements. */
  public int tensorBytes() {
    return crop * crop * Pixels.CHANNELS;
  }

  /**
   * Augments one image.
   *
   * @param pixels the whole decoded image; left as it is
   * @param split for validation nothing is random
   * @param epoch the image's epoch
   * @param id the image's id
   * @return pixels of the caller's own: {@code crop} x {@code crop} for training, {@code resize} x
   *     {@code resize} for validation
   */
  public Pixels apply(Pixels pixels, Split split, int epoch, String id) {
    return switch (split) {
      case TRAIN -> train(pixels, new KeyedRandom(seed, epoch, id));
      case VALIDATION -> cut(pixels, 0, 0, resize);
    };
  }

  private Pixels train(Pixels pixels, KeyedRandom random) {
    int top = random.nextInt(resize - crop + 1);
    int left = random.nextInt(resize - crop + 1);
    boolean flipped = random.nextDouble() < flip;
    Pixels cut = cut(pixels, top, left, crop);
    if (flipped) {
      Flip.horizontal(cut);
    }
    if (brightness > 0 || contrast > 0 || saturation > 0) {
      new ColorJitter(brightness, contrast, saturation).apply(cut, random);
    }
    if (lighting > 0) {
      new PcaLighting(lighting).apply(cut, random);
    }
    return cut;
  }

  private Pixels cut(Pixels pixels, int top, int left, int size) {
    return Resize.shorterSide(pixels, resize, resize, new Crop(top, left, size, size));
  }
}
