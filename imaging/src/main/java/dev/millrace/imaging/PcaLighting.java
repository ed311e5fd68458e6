package dev.millrace.imaging;

/**
 * Shifts an image's colors along the principal components of a dataset's, each by its eigenvalue
 * times a normal random number: section 4.1 of Krizhevsky, Sutskever and Hinton 2012.
 *
 * @param sigma standard deviation of the random numbers; the paper's is 0.1
 * @param statistics the dataset's
 */
public record PcaLighting(double sigma, ColorStatistics statistics) {
  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if sigma is negative or not a number
   */
  public PcaLighting {
    if (!(sigma >= 0)) {
      throw new IllegalArgumentException("sigma must be at least 0, found " + sigma);
    }
  }

  /** Adds the shift; draws three numbers. */
  public void draw(KeyedRandom random, ColorChange change) {
    double[] alphas = new double[Pixels.CHANNELS];
    for (int i = 0; i < alphas.length; i++) {
      alphas[i] = sigma * random.nextGaussian();
    }
    change.shift(shift(0, alphas), shift(1, alphas), shift(2, alphas));
  }

  private double shift(int channel, double[] alphas) {
    double sum = 0;
    for (int i = 0; i < alphas.length; i++) {
      sum +=
          statistics.eigenvectors().get(i).get(channel)
              * alphas[i]
              * statistics.eigenvalues().get(i);
    }
    return 255 * sum;
  }
}
