package dev.millrace.trainer.model;

/**
 * The constants of local response normalization (section 3.3 of the paper): a value is divided by
 * {@code (bias + alpha * sum of the squares of the neighbouring channels) ^ beta}.
 *
 * @param depthRadius channels on either side; the paper's n is {@code 2 * depthRadius + 1}
 * @param bias the paper's k
 */
record LocalResponse(long depthRadius, float bias, float alpha, float beta) {
  /** k = 2, n = 5, alpha = 1e-4, beta = 0.75; TensorFlow does not divide alpha by n either. */
  static final LocalResponse PAPER = new LocalResponse(2, 2f, 1e-4f, 0.75f);
}
