package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * Builds one column of a forward pass, for training or for evaluation, and writes on the tape what
 * {@link Gradients} has to know of it. Images are NHWC throughout; a network without columns has
 * one.
 */
final class Layers {
  private final Ops tf;
  private final Weights weights;
  private final Activation activation;
  private final Precision precision;
  private final Dropout dropout;
  private final Share share;
  private final LocalResponse.Form normalizing;
  private final Tape tape;
  private List<Tape.Input> inputs = List.of();
  private List<Variable> variables = new ArrayList<>();
  private int dropouts;

  /**
   * @param tf makes operations on the column's device
   * @param share which part of every layer the column has
   * @param normalizing what local response normalization is computed by
   */
  Layers(
      Ops tf,
      Weights weights,
      Activation activation,
      Precision precision,
      Dropout dropout,
      Share share,
      LocalResponse.Form normalizing,
      Tape tape) {
    this.tf = tf;
    this.weights = weights;
    this.activation = activation;
    this.precision = precision;
    this.dropout = dropout;
    this.share = share;
    this.normalizing = normalizing;
    this.tape = tape;
  }

  Ops tf() {
    return tf;
  }

  /** The same segment, for layers that are not divided among columns. */
  Layers whole() {
    Layers whole =
        new Layers(tf, weights, activation, precision, dropout, Share.WHOLE, normalizing, tape);
    whole.inputs = inputs;
    whole.variables = variables;
    return whole;
  }

  /** Begins a segment that reads {@code read}. */
  void begin(List<Tape.Input> read) {
    inputs = read;
    variables = new ArrayList<>();
  }

  /** Ends a segment whose output only this column reads. */
  void end(Operand<? extends TFloating> output) {
    tape.add(new Tape.Segment(tf, inputs, variables, output, false));
  }

  /** Ends a segment whose output all columns read, in the layer of that name. */
  void endShared(Operand<TFloating> output, String layer) {
    tape.add(new Tape.Segment(tf.withSubScope(layer), inputs, variables, output, true));
  }

  /** Values in the precision that layers are computed in. */
  Operand<TFloating> reduced(Operand<TFloat32> x) {
    return precision.reduced(tf, x);
  }

  /** Convolution without padding, and bias; the last of {@code x}'s dimensions is {@code depth}. */
  Operand<TFloating> convolution(Operand<TFloating> x, long depth, Convolution layer) {
    return convolution(x, depth, layer, "VALID");
  }

  /** Convolution padded so that stride 1 keeps height and width, and bias. */
  Operand<TFloating> paddedConvolution(Operand<TFloating> x, long depth, Convolution layer) {
    return convolution(x, depth, layer, "SAME");
  }

  private Operand<TFloating> convolution(
      Operand<TFloating> x, long depth, Convolution layer, String padding) {
    Operand<TFloating> filters =
        used(
            weights.variable(
                tf,
                share,
                layer.name() + "/weights",
                layer.weights(),
                layer.size(),
                layer.size(),
                depth / layer.groups(),
                layer.filters()));
    Operand<TFloating> biases =
        used(
            weights.variable(tf, share, layer.name() + "/biases", layer.biases(), layer.filters()));
    Operand<TFloating> in = precision.reduced(tf, x);
    List<Long> strides = List.of(1L, layer.stride(), layer.stride(), 1L);
    if (layer.groups() == 1) {
      return tf.nn.biasAdd(tf.nn.conv2d(in, filters, strides, padding), biases);
    }
    // By hand: TensorFlow's own grouped convolution needs oneDNN.
    List<Operand<TFloating>> groups = new ArrayList<>();
    List<? extends Operand<TFloating>> inputs =
        tf.split(tf.constant(3), in, layer.groups()).output();
    List<? extends Operand<TFloating>> kernels =
        tf.split(tf.constant(3), filters, layer.groups()).output();
    for (int i = 0; i < layer.groups(); i++) {
      groups.add(tf.nn.conv2d(inputs.get(i), kernels.get(i), strides, padding));
    }
    return tf.nn.biasAdd(tf.concat(groups, tf.constant(3)), biases);
  }

  /** Every unit joined to every one of the {@code inputs} values of an image, and bias. */
  Operand<TFloating> fullyConnected(
      Operand<TFloating> x, long inputs, String name, long units, InitialValue w, InitialValue b) {
    Operand<TFloating> matrix =
        used(weights.variable(tf, share, name + "/weights", w, inputs, units));
    Operand<TFloating> biases = used(weights.variable(tf, share, name + "/biases", b, units));
    return tf.nn.biasAdd(tf.linalg.matMul(precision.reduced(tf, x), matrix), biases);
  }

  /** What the units make of their sums: rectified units (section 3.1), or tanh. */
  Operand<TFloating> activation(Operand<TFloating> x) {
    return switch (activation) {
      case RELU -> tf.nn.relu(x);
      case TANH -> tf.math.tanh(x);
    };
  }

  /**
   * Local response normalization within each of {@code groups} equal parts of the channels; where
   * it stands, back-propagation is cut.
   */
  Operand<TFloating> localResponseNormalization(
      Operand<TFloating> x, LocalResponse constants, long groups) {
    if (groups == 1) {
      return localResponseNormalization(x, constants);
    }
    // The groups as if they lay side by side in the image: no value moves in memory.
    Shape shape = x.shape();
    long height = shape.get(1);
    long width = shape.get(2);
    long channels = shape.get(3);
    Operand<TFloating> apart =
        tf.reshape(x, tf.array(-1L, height, width * groups, channels / groups));
    Operand<TFloating> y = localResponseNormalization(apart, constants);
    return tf.reshape(y, tf.array(-1L, height, width, channels));
  }

  /** Local response normalization across all channels of {@code x}. */
  Operand<TFloating> localResponseNormalization(Operand<TFloating> x, LocalResponse constants) {
    Operand<TFloat32> in = Precision.full(tf, x); // squares and their powers need the bits
    end(in);
    LocalResponse.Normalized normalized = constants.of(tf, in, normalizing);
    Operand<TFloat32> y = normalized.values();
    tape.add(new Tape.Normalization(tf, in, normalized));
    begin(List.of(new Tape.Input(y, y)));
    return Precision.floating(y);
  }

  /** Maximum over 3x3 windows two apart (section 3.4), {@code padding} VALID or SAME. */
  Operand<TFloating> maxPool(Operand<TFloating> x, String padding) {
    // The first version of the operation: only of that one has oneDNN a gradient.
    return tf.scope()
        .opBuilder("MaxPool", "MaxPool")
        .addInput(wide(x).asOutput())
        .setAttr("ksize", new long[] {1, 3, 3, 1})
        .setAttr("strides", new long[] {1, 2, 2, 1})
        .setAttr("padding", padding)
        .build()
        .<TFloating>output(0);
  }

  /** Mean over 3x3 windows two apart; a window over the edge counts only what is there. */
  Operand<TFloating> averagePool(Operand<TFloating> x) {
    return tf.nn.avgPool(wide(x), List.of(1L, 3L, 3L, 1L), List.of(1L, 2L, 2L, 1L), "SAME");
  }

  Operand<TFloating> flatten(Operand<TFloating> x, long values) {
    return tf.reshape(x, tf.array(-1L, values));
  }

  /** Drops units in training, see {@link Dropout}. */
  Operand<TFloating> dropout(Operand<TFloating> x) {
    return dropout.of(tf, x, dropouts++, share);
  }

  // TensorFlow's pooling of 16 bits is many times slower on a processor.
  private Operand<TFloating> wide(Operand<TFloating> x) {
    return Precision.floating(Precision.full(tf, x));
  }

  private Operand<TFloating> used(Variable variable) {
    variables.add(variable);
    return reduced(variable.read());
  }
}
