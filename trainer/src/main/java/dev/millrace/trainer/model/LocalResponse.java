package dev.millrace.trainer.model;

import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LocalResponseNormalization;
import org.tensorflow.op.nn.LocalResponseNormalizationGrad;
import org.tensorflow.types.TFloat32;

/**
 * Local response normalization and its constants (section 3.3 of the paper): a value is divided by
 * {@code (bias + alpha * sum of the squares of the neighbouring channels) ^ beta}.
 *
 * @param depthRadius channels on either side; the paper's n is {@code 2 * depthRadius + 1}
 * @param bias the paper's k
 */
record LocalResponse(int depthRadius, float bias, float alpha, float beta) {
  /** k = 2, n = 5, alpha = 1e-4, beta = 0.75; TensorFlow does not divide alpha by n either. */
  static final LocalResponse PAPER = new LocalResponse(2, 2f, 1e-4f, 0.75f);

  /** What it is computed by; to rounding the results are the same. */
  enum Form {
    /** TensorFlow's own operation. */
    OPERATION,

    /**
     * The sums as a product with a band matrix, and the power as roots: on a processor it takes
     * between a third and a fourth of the operation's time, forward and backward.
     */
    PRODUCTS
  }

  /**
   * Values that were normalized.
   *
   * @param gradient gives the gradient by what went in, from that by what came out
   */
  record Normalized(Operand<TFloat32> values, UnaryOperator<Operand<TFloat32>> gradient) {}

  /** Normalizes across the last dimension of {@code x}, which has four. */
  Normalized of(Ops tf, Operand<TFloat32> x, Form form) {
    return switch (form) {
      case OPERATION -> byOperation(tf, x);
      case PRODUCTS -> byProducts(tf, x);
    };
  }

  private Normalized byOperation(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> y =
        tf.nn.localResponseNormalization(
            x,
            LocalResponseNormalization.depthRadius((long) depthRadius),
            LocalResponseNormalization.bias(bias),
            LocalResponseNormalization.alpha(alpha),
            LocalResponseNormalization.beta(beta));
    return new Normalized(
        y,
        gradient ->
            LocalResponseNormalizationGrad.create(
                tf.scope(),
                gradient,
                x,
                y,
                LocalResponseNormalizationGrad.depthRadius((long) depthRadius),
                LocalResponseNormalizationGrad.bias(bias),
                LocalResponseNormalizationGrad.alpha(alpha),
                LocalResponseNormalizationGrad.beta(beta)));
  }

  // With s = bias + alpha * (squares of a row) * band, y = x * s^-beta, and going back
  // dx = dy * s^-beta - 2 * alpha * beta * x * ((dy * y / s) * band): the band is symmetric.
  private Normalized byProducts(Ops tf, Operand<TFloat32> x) {
    Shape shape = x.shape();
    int channels = (int) shape.get(3);
    Operand<TFloat32> rows = tf.reshape(x, tf.array(-1, channels));
    Operand<TFloat32> sums =
        tf.nn.biasAdd(
            tf.linalg.matMul(tf.math.square(rows), tf.constant(band(channels, alpha))),
            tf.fill(tf.array(channels), tf.constant(bias)));
    Operand<TFloat32> root = tf.math.rsqrt(sums);
    Operand<TFloat32> factor =
        beta == 0.75f
            ? tf.math.mul(root, tf.math.sqrt(root))
            : tf.math.pow(root, tf.constant(2 * beta));
    Operand<TFloat32> y = tf.math.mul(rows, factor);
    return new Normalized(
        as(tf, y, shape),
        gradient -> {
          Operand<TFloat32> dy = tf.reshape(gradient, tf.array(-1, channels));
          Operand<TFloat32> shares = tf.math.mul(tf.math.mul(dy, y), tf.math.square(root));
          Operand<TFloat32> neighbours =
              tf.linalg.matMul(shares, tf.constant(band(channels, 2 * alpha * beta)));
          return as(tf, tf.math.sub(tf.math.mul(dy, factor), tf.math.mul(rows, neighbours)), shape);
        });
  }

  private static Operand<TFloat32> as(Ops tf, Operand<TFloat32> rows, Shape shape) {
    return tf.reshape(rows, tf.array(-1L, shape.get(1), shape.get(2), shape.get(3)));
  }

  /** A matrix with {@code value} where two channels are neighbours, and 0 elsewhere. */
  private float[][] band(int channels, float value) {
    float[][] band = new float[channels][channels];
    for (int i = 0; i < channels; i++) {
      for (int j = 0; j < channels; j++) {
        band[i][j] = Math.abs(i - j) <= depthRadius ? value : 0;
      }
    }
    return band;
  }
}
