package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The backward pass against finite differences of the loss, and the update against the paper's
 * rule. Both use what a session offers: a step without momentum and weight decay at learning rate 1
 * subtracts the gradient from the weights, and one at learning rate 0 gives the loss alone.
 */
class GradientTest {
  private static final int IMAGES = 4;
  private static final double LOSS_CHANGE = 5e-4;
  private static final double LAST_BITS = 3e-6; // of the loss
  private static final double FARTHEST = 3e-4; // of the length of the weights

  static Stream<Arguments> networks() {
    // Activations are in the hundreds here: normalization weighs heavily even with a small alpha.
    return Stream.of(
        arguments(TinyNetworks.alexNet(1e-5f), Activation.RELU),
        arguments(TinyNetworks.alexNet(1e-4f), Activation.RELU),
        arguments(TinyNetworks.alexNetOwt(), Activation.RELU),
        arguments(TinyNetworks.cifar10(), Activation.RELU),
        arguments(new Cifar10(12, 6, new LocalResponse(4, 1, 1, 0.75f)), Activation.RELU),
        arguments(new Cifar10(12, 6, null), Activation.RELU),
        arguments(TinyNetworks.cifarQuick(), Activation.RELU),
        arguments(TinyNetworks.cifarQuick(), Activation.TANH));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void shouldEqualFiniteDifferencesOfTheLoss(Network network, Activation activation) {
    try (TrainingSession session = open(network, activation, 0, 0);
        MinibatchBuffer buffer = TinyNetworks.filled(session, IMAGES, network.inputSize(), 11)) {
      if (network instanceof AlexNet) {
        TinyNetworks.enliven(session, 25);
      }
      Map<String, ByteBuffer> weights = TinyNetworks.weights(session);
      Map<String, float[]> gradients = gradients(session, buffer, weights);
      SplittableRandom random = new SplittableRandom(5);

      gradients.forEach((name, gradient) -> {
        for (int trial = 0; trial < 3; trial++) {
          float[] direction = direction(gradient, floats(weights, name), random);
          double expected =
              (loss(session, buffer, moved(weights, name, direction, 1))
                      - loss(session, buffer, moved(weights, name, direction, -1)))
                  / 2;
          assertThat(dot(gradient, direction))
              .as("%s of %s with %s", name, network.name(), activation)
              .isCloseTo(expected, within(0.04 * Math.abs(expected) + LAST_BITS));
        }
      });
    }
  }

  @Test
  void shouldUpdateByMomentumAndWeightDecayAsThePaperDoes() {
    Network network = TinyNetworks.cifarQuick();
    float rate = 0.02f;
    try (TrainingSession plain = open(network, Activation.RELU, 0, 0);
        TrainingSession session = open(network, Activation.RELU, 0.9f, 5e-4f);
        MinibatchBuffer buffer = TinyNetworks.filled(session, IMAGES, 12, 11)) {
      Map<String, ByteBuffer> before = TinyNetworks.weights(session);
      session.train(buffer, IMAGES, 0, rate);
      Map<String, ByteBuffer> between = TinyNetworks.weights(session);
      float[] gradient =
          gradients(plain, buffer, between).getOrDefault("conv2/weights", new float[0]);
      session.train(buffer, IMAGES, 0, rate);
      Map<String, ByteBuffer> after = TinyNetworks.weights(session);

      // v := 0.9 v - 0.0005 rate w - rate g; w := w + v (section 5)
      float[] w0 = floats(before, "conv2/weights");
      float[] w1 = floats(between, "conv2/weights");
      float[] w2 = floats(after, "conv2/weights");
      for (int i = 0; i < w2.length; i++) {
        float velocity = 0.9f * (w1[i] - w0[i]) - 5e-4f * rate * w1[i] - rate * gradient[i];
        assertThat(w2[i]).isCloseTo(w1[i] + velocity, within(2e-6f));
      }
    }
  }

  private static TrainingSession open(
      Network network, Activation activation, float momentum, float weightDecay) {
    return TrainingSession.open(
        TinyNetworks.options(
            network, Placement.ONE_DEVICE, Precision.FLOAT32, activation, momentum, weightDecay));
  }

  private static Map<String, float[]> gradients(
      TrainingSession session, MinibatchBuffer buffer, Map<String, ByteBuffer> weights) {
    session.restore(weights);
    session.train(buffer, IMAGES, 0, 1f);
    Map<String, ByteBuffer> moved = TinyNetworks.weights(session);
    Map<String, float[]> gradients = new LinkedHashMap<>();
    for (String name : weights.keySet()) {
      if (!name.endsWith(Weights.MOMENTUM)) {
        float[] gradient = floats(weights, name);
        float[] after = floats(moved, name);
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] -= after[i];
        }
        gradients.put(name, gradient);
      }
    }
    return gradients;
  }

  private static double loss(
      TrainingSession session, MinibatchBuffer buffer, Map<String, ByteBuffer> weights) {
    session.restore(weights);
    return session.train(buffer, IMAGES, 0, 0f).loss();
  }

  // A random half of the gradient: a gradient that is wrong anywhere is wrong along most of them.
  // As long as the loss needs to change by much more than its last bits.
  private static float[] direction(float[] gradient, float[] weights, SplittableRandom random) {
    float[] direction = new float[gradient.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = random.nextBoolean() ? gradient[i] : 0;
    }
    double length = Math.sqrt(dot(direction, direction));
    if (length == 0) {
      return direction; // no unit behind it speaks
    }
    double farthest = FARTHEST * Math.max(Math.sqrt(dot(weights, weights)), 1);
    float scale = (float) (Math.min(LOSS_CHANGE / length, farthest) / length);
    for (int i = 0; i < direction.length; i++) {
      direction[i] *= scale;
    }
    return direction;
  }

  private static Map<String, ByteBuffer> moved(
      Map<String, ByteBuffer> weights, String name, float[] direction, int sign) {
    float[] values = floats(weights, name);
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      bytes.putFloat(i * Float.BYTES, values[i] + sign * direction[i]);
    }
    Map<String, ByteBuffer> moved = new LinkedHashMap<>(weights);
    moved.put(name, bytes);
    return moved;
  }

  private static float[] floats(Map<String, ByteBuffer> weights, String name) {
    ByteBuffer bytes = weights.getOrDefault(name, ByteBuffer.allocate(0));
    FloatBuffer view = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[view.remaining()];
    view.get(values);
    return values;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
