package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Local response normalization against the formula of section 3.3, in double precision. */
class LocalResponseTest {
  private static final int CHANNELS = 9;
  private static final double K = 2;
  private static final double BETA = 0.75;

  @ParameterizedTest
  @CsvSource({"1, OPERATION", "1e-4, OPERATION", "1, PRODUCTS", "1e-4, PRODUCTS"})
  void shouldEqualThePapersFormulaForwardAndBackward(float alpha, LocalResponse.Form form) {
    float[] values = noise(3, 1 / Math.sqrt(alpha));
    float[] weights = noise(4, 1);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(shape()));
      Placeholder<TFloat32> gradient = tf.placeholder(TFloat32.class, Placeholder.shape(shape()));
      LocalResponse.Normalized normalized = new LocalResponse(2, 2f, alpha, 0.75f).of(tf, x, form);
      Operand<TFloat32> y = normalized.values();
      Operand<TFloat32> back = normalized.gradient().apply(gradient);

      try (Session session = new Session(graph);
          TFloat32 fedValues = tensor(values);
          TFloat32 fedWeights = tensor(weights);
          Result result =
              session
                  .runner()
                  .feed(x, fedValues)
                  .feed(gradient, fedWeights)
                  .fetch(y)
                  .fetch(back)
                  .run()) {
        float[] forward = values((TFloat32) result.get(0));
        float[] backward = values((TFloat32) result.get(1));
        for (int i = 0; i < values.length; i++) {
          double expected = normalized(values, i, 0, 0, alpha);
          assertThat(forward[i])
              .isCloseTo((float) expected, within((float) (1e-5 * Math.abs(expected) + 1e-6)));
          double slope = slope(values, weights, i, alpha);
          assertThat(backward[i])
              .isCloseTo((float) slope, within((float) (1e-4 * Math.abs(slope) + 2e-5)));
        }
      }
    }
  }

  @Test
  void shouldTakeAnyPower() {
    float[] values = noise(3, 1);
    LocalResponse constants = new LocalResponse(2, 2f, 1f, 0.5f);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(shape()));
      Operand<TFloat32> own = constants.of(tf, x, LocalResponse.Form.PRODUCTS).values();
      Operand<TFloat32> tensorFlows = constants.of(tf, x, LocalResponse.Form.OPERATION).values();

      try (Session session = new Session(graph);
          TFloat32 fed = tensor(values);
          Result result = session.runner().feed(x, fed).fetch(own).fetch(tensorFlows).run()) {
        assertThat(values((TFloat32) result.get(0)))
            .containsExactly(values((TFloat32) result.get(1)), within(1e-5f));
      }
    }
  }

  @Test
  void shouldKeepToTheGroupsOfChannels() {
    float alpha = 1f;
    float[] values = noise(3, 1);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(shape()));
      Layers layers =
          new Layers(
              tf,
              new Weights(tf, 1),
              Activation.RELU,
              Precision.FLOAT32,
              Dropout.evaluation(0),
              Share.WHOLE,
              LocalResponse.Form.PRODUCTS,
              new Tape());
      LocalResponse constants = new LocalResponse(2, 2f, alpha, 0.75f);
      Operand<TFloat32> y =
          Precision.full(
              tf, layers.localResponseNormalization(Precision.floating(x), constants, 3));

      try (Session session = new Session(graph);
          TFloat32 fed = tensor(values);
          Result result = session.runner().feed(x, fed).fetch(y).run()) {
        float[] forward = values((TFloat32) result.get(0));
        for (int i = 0; i < values.length; i++) {
          double squares = 0;
          int first = i / 3 * 3; // groups of three channels
          for (int j = Math.max(first, i - 2); j <= Math.min(first + 2, i + 2); j++) {
            squares += values[j] * values[j];
          }
          double expected = values[i] / Math.pow(K + alpha * squares, BETA);
          assertThat(forward[i]).isCloseTo((float) expected, within(1e-5f));
        }
      }
    }
  }

  /** Derivative of the weighted sum of the outputs by one input. */
  private static double slope(float[] values, float[] weights, int by, double alpha) {
    double step = 1e-5 * (1 + Math.abs(values[by]));
    double difference = 0;
    for (int i = 0; i < values.length; i++) {
      difference +=
          weights[i]
              * (normalized(values, i, by, step, alpha) - normalized(values, i, by, -step, alpha));
    }
    return difference / (2 * step);
  }

  /** The paper's b_i of the a_i, of which the one at {@code moved} is larger by {@code step}. */
  private static double normalized(float[] a, int i, int moved, double step, double alpha) {
    double squares = 0;
    int first = i / CHANNELS * CHANNELS;
    for (int j = Math.max(first, i - 2); j <= Math.min(first + CHANNELS - 1, i + 2); j++) {
      double value = a[j] + (j == moved ? step : 0);
      squares += value * value;
    }
    return (a[i] + (i == moved ? step : 0)) / Math.pow(K + alpha * squares, BETA);
  }

  private static Shape shape() {
    return Shape.of(1, 2, 2, CHANNELS);
  }

  private static float[] noise(long seed, double scale) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[4 * CHANNELS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble(-2, 2) * scale);
    }
    return values;
  }

  private static TFloat32 tensor(float[] values) {
    TFloat32 tensor = TFloat32.tensorOf(shape());
    for (int i = 0; i < values.length; i++) {
      tensor.setFloat(values[i], 0, i / CHANNELS / 2, i / CHANNELS % 2, i % CHANNELS);
    }
    return tensor;
  }

  private static float[] values(TFloat32 tensor) {
    float[] values = new float[(int) tensor.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.getFloat(0, i / CHANNELS / 2, i / CHANNELS % 2, i % CHANNELS);
    }
    return values;
  }
}
