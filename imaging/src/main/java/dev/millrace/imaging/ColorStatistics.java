package dev.millrace.imaging;

import java.util.List;

/**
 * What a dataset's colors are like. Levels count from 0 to 1; channels are red, green and blue.
 *
 * @param mean mean level of each channel
 * @param deviation standard deviation of each channel
 * @param eigenvalues of the channels' covariance matrix, largest first: the variance along each
 *     principal component of the colors
 * @param eigenvectors the principal components, as many levels of red, green and blue for each, of
 *     length 1: the covariance matrix' eigenvectors
 */
public record ColorStatistics(
    List<Double> mean,
    List<Double> deviation,
    List<Double> eigenvalues,
    List<List<Double>> eigenvectors) {
  /**
   * ImageNet's, as they are in use everywhere: mean and deviation are torchvision's, the components
   * those that users of cuda-convnet2 published for the paper's augmentation.
   */
  public static final ColorStatistics IMAGENET =
      new ColorStatistics(
          List.of(0.485, 0.456, 0.406),
          List.of(0.229, 0.224, 0.225),
          List.of(0.2175, 0.0188, 0.0045),
          List.of(
              List.of(-0.5675, -0.5808, -0.5836),
              List.of(0.7192, -0.0045, -0.6948),
              List.of(0.4009, -0.8140, 0.4203)));

  /**
   * Checks the lengths.
   *
   * @throws IllegalArgumentException if a list has not three finite numbers, or a standard
   *     deviation is not above 0 (an eigenvalue may be 0)
   */
  public ColorStatistics {
    mean = three("mean", mean, -Double.MAX_VALUE);
    deviation = three("deviation", deviation, Double.MIN_NORMAL);
    eigenvalues = three("eigenvalues", eigenvalues, 0);
    if (eigenvectors.size() != Pixels.CHANNELS) {
      throw new IllegalArgumentException(
          "eigenvectors must be three, found %d".formatted(eigenvectors.size()));
    }
    eigenvectors =
        eigenvectors.stream().map(c -> three("an eigenvector", c, -Double.MAX_VALUE)).toList();
  }

  private static List<Double> three(String name, List<Double> numbers, double least) {
    if (numbers.size() != Pixels.CHANNELS
        || !numbers.stream().allMatch(n -> Double.isFinite(n) && n >= least)) {
      throw new IllegalArgumentException(
          "%s must be three finite numbers from %s, found %s".formatted(name, least, numbers));
    }
    return List.copyOf(numbers);
  }
}
