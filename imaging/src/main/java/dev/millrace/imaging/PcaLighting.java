package dev.millrace.imaging;

/**
 * Shifts an image's colors along the principal components of ImageNet's RGB values, each by its
 * eigenvalue times a normal random number: section 4.1 of Krizhevsky, Sutskever and Hinton 2012.
 * The components are those that cuda-convnet2's users published for pixels from 0 to 1.
 *
 * @param sigma standard deviation of the random numbers; the paper's is 0.1
 */
public record PcaLighting(double sigma) {
  private static final double[] EIGENVALUES = {0.2175, 0.0188, 0.0045};

  // A row a color channel, a column a component.
  private static final double[][] EIGENVECTORS = {
    {-0.5675, 0.7192, 0.4009},
    {-0.5808, -0.0045, -0.8140},
    {-0.5836, -0.6948, 0.4203},
  };

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
    double[] alphas = new double[EIGENVALUES.length];
    for (int i = 0; i < alphas.length; i++) {
      alphas[i] = sigma * random.nextGaussian();
    }
    change.shift(shift(0, alphas), shift(1, alphas), shift(2, alphas));
  }

  private static double shift(int channel, double[] alphas) {
    double sum = 0;
    for (int i = 0; i < alphas.length; i++) {
      sum += EIGENVECTORS[channel][i] * alphas[i] * EIGENVALUES[i];
    }
    return 255 * sum;
  }
}
