package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LocalResponseNormalization;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Builds one forward pass, for training or for evaluation, and keeps in mind what {@link Gradients}
 * has to know of it. Images are NHWC throughout.
 */
final class Layers {
  private final Ops tf;
  private final Weights weights;
  private final Activation activation;
  private final float dropout;
  private final @Nullable Operand<TInt64> dropoutKey;
  private final List<Segment> segments = new ArrayList<>();
  private int dropouts;

  private Layers(
      Ops tf, Weights weights, SessionOptions options, @Nullable Operand<TInt64> dropoutKey) {
    this.tf = tf;
    this.weights = weights;
    this.activation = options.activation();
    this.dropout = options.dropout();
    this.dropoutKey = dropoutKey;
    this.segments.add(new Segment(null));
  }

  /** A pass whose units are dropped by {@code key}: the seed and the step. */
  static Layers training(Ops tf, Weights weights, SessionOptions options, Operand<TInt64> key) {
    return new Layers(tf, weights, options, key);
  }

  /** A pass in which all units speak. */
  static Layers evaluation(Ops tf, Weights weights, SessionOptions options) {
    return new Layers(tf, weights, options, null);
  }

  Ops tf() {
    return tf;
  }

  /** The parts of this pass between local response normalizations, first to last. */
  List<Segment> segments() {
    return segments;
  }

  /** Convolution without padding, and bias; the last of {@code x}'s dimensions is {@code depth}. */
  Operand<TFloat32> convolution(Operand<TFloat32> x, long depth, Convolution layer) {
    return convolution(x, depth, layer, "VALID");
  }

  /** Convolution padded so that stride 1 keeps height and width, and bias. */
  Operand<TFloat32> paddedConvolution(Operand<TFloat32> x, long depth, Convolution layer) {
    return convolution(x, depth, layer, "SAME");
  }

  private Operand<TFloat32> convolution(
      Operand<TFloat32> x, long depth, Convolution layer, String padding) {
    Operand<TFloat32> filters =
        used(
            weights.variable(
                layer.name() + "/weights",
                layer.weights(),
                layer.size(),
                layer.size(),
                depth / layer.groups(),
                layer.filters()));
    Operand<TFloat32> biases =
        used(weights.variable(layer.name() + "/biases", layer.biases(), layer.filters()));
    List<Long> strides = List.of(1L, layer.stride(), layer.stride(), 1L);
    if (layer.groups() == 1) {
      return tf.nn.biasAdd(tf.nn.conv2d(x, filters, strides, padding), biases);
    }
    // By hand: TensorFlow's own grouped convolution needs oneDNN.
    List<Operand<TFloat32>> groups = new ArrayList<>();
    List<? extends Operand<TFloat32>> inputs = tf.split(tf.constant(3), x, layer.groups()).output();
    List<? extends Operand<TFloat32>> kernels =
        tf.split(tf.constant(3), filters, layer.groups()).output();
    for (int i = 0; i < layer.groups(); i++) {
      groups.add(tf.nn.conv2d(inputs.get(i), kernels.get(i), strides, padding));
    }
    return tf.nn.biasAdd(tf.concat(groups, tf.constant(3)), biases);
  }

  /** Every unit joined to every one of the {@code inputs} values of an image, and bias. */
  Operand<TFloat32> fullyConnected(
      Operand<TFloat32> x, long inputs, String name, long units, InitialValue w, InitialValue b) {
    Operand<TFloat32> matrix = used(weights.variable(name + "/weights", w, inputs, units));
    Operand<TFloat32> biases = used(weights.variable(name + "/biases", b, units));
    return tf.nn.biasAdd(tf.linalg.matMul(x, matrix), biases);
  }

  /** What the units make of their sums: rectified units (section 3.1), or tanh. */
  Operand<TFloat32> activation(Operand<TFloat32> x) {
    return switch (activation) {
      case RELU -> tf.nn.relu(x);
      case TANH -> tf.math.tanh(x);
    };
  }

  /** Local response normalization; where it stands, back-propagation is cut. */
  Operand<TFloat32> localResponseNormalization(Operand<TFloat32> x, LocalResponse constants) {
    Operand<TFloat32> y =
        tf.nn.localResponseNormalization(
            x,
            LocalResponseNormalization.depthRadius(constants.depthRadius()),
            LocalResponseNormalization.bias(constants.bias()),
            LocalResponseNormalization.alpha(constants.alpha()),
            LocalResponseNormalization.beta(constants.beta()));
    segments.add(new Segment(new Segment.Cut(constants, x, y)));
    return y;
  }

  /** Maximum over 3x3 windows two apart (section 3.4), {@code padding} VALID or SAME. */
  Operand<TFloat32> maxPool(Operand<TFloat32> x, String padding) {
    return tf.nn.maxPool(x, tf.array(1, 3, 3, 1), tf.array(1, 2, 2, 1), padding);
  }

  /** Mean over 3x3 windows two apart; a window over the edge counts only what is there. */
  Operand<TFloat32> averagePool(Operand<TFloat32> x) {
    return tf.nn.avgPool(x, List.of(1L, 3L, 3L, 1L), List.of(1L, 2L, 2L, 1L), "SAME");
  }

  Operand<TFloat32> flatten(Operand<TFloat32> x, long values) {
    return tf.reshape(x, tf.array(-1L, values));
  }

  /**
   * Dropout as in section 4.2: in training a unit is set to 0 by chance and the others are left as
   * they are; in evaluation all are multiplied by the share that training keeps.
   */
  Operand<TFloat32> dropout(Operand<TFloat32> x) {
    int ordinal = dropouts++;
    if (dropout == 0) {
      return x;
    }
    if (dropoutKey == null) {
      return tf.math.mul(x, tf.constant(1 - dropout));
    }
    Operand<TInt64> key = tf.math.add(dropoutKey, tf.array(0L, RandomKey.dropout(ordinal)));
    Operand<TFloat32> uniform = tf.random.statelessRandomUniform(tf.shape(x), key);
    Operand<TFloat32> mask =
        tf.dtypes.cast(tf.math.greaterEqual(uniform, tf.constant(dropout)), TFloat32.class);
    return tf.math.mul(x, mask);
  }

  private Operand<TFloat32> used(Variable variable) {
    segments.getLast().variables().add(variable);
    return variable.read();
  }
}
