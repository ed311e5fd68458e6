package dev.millrace.augmenter;

import dev.millrace.imaging.ColorStatistics;
import dev.millrace.imaging.Pixels;
import dev.millrace.schemas.TensorType;

/**
 * What {@link Augmentation} does to an image, after section 4.1 of Krizhevsky, Sutskever and Hinton
 * (2012): the shorter side is resized, the central square cut out, and from it, for training, a
 * crop at random, mirrored half the time, with its colors shifted along the principal components of
 * the dataset's; for validation the whole square, of which the network takes its centre or ten
 * crops.
 *
 * @param seed the run's seed
 * @param policy which part of the image becomes a training tensor
 * @param minArea least share of the image's area that {@link CropPolicy#RANDOM_RESIZED_CROP} takes,
 *     over 0 to 1
 * @param resize length of the resized shorter side, in pixels
 * @param crop height and width of the result for training, in pixels, at most {@code resize}
 * @param flip probability of a horizontal flip, 0 to 1
 * @param lighting standard deviation of PCA lighting; 0 is off
 * @param brightness strength of brightness jitter; 0 is off
 * @param contrast strength of contrast jitter; 0 is off
 * @param saturation strength of saturation jitter; 0 is off
 * @param hue strength of hue jitter in turns of the color circle; 0 is off
 * @param type type of the tensors' elements: levels from 0 to 255, or normalized numbers
 * @param statistics what lighting and normalization go by
 */
public record Recipe(
    long seed,
    CropPolicy policy,
    double minArea,
    int resize,
    int crop,
    double flip,
    double lighting,
    double brightness,
    double contrast,
    double saturation,
    double hue,
    TensorType type,
    ColorStatistics statistics) {
  /** The recipe that the options ask for, by ImageNet's statistics. */
  public static Recipe of(AugmenterOptions options) {
    return of(options, ColorStatistics.IMAGENET);
  }

  /** The recipe that the options ask for, by the given statistics. */
  public static Recipe of(AugmenterOptions options, ColorStatistics statistics) {
    return new Recipe(
        options.seed(),
        options.policy(),
        options.minArea(),
        options.resize(),
        options.crop(),
        options.flip(),
        options.lighting(),
        options.brightness(),
        options.contrast(),
        options.saturation(),
        options.hue(),
        options.tensorType(),
        statistics);
  }

  /** Bytes of one training tensor's elements. */
  public int tensorBytes() {
    return crop * crop * Pixels.CHANNELS * bytesPerElement(type);
  }

  static int bytesPerElement(TensorType type) {
    return switch (type) {
      case UINT8 -> 1;
      case FLOAT16 -> Short.BYTES;
      case FLOAT32 -> Float.BYTES;
    };
  }
}
