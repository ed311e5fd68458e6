package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The network of Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional
 * Neural Networks" (2012): five convolutions and three fully connected layers (section 3.5, figure
 * 2), rectified units (3.1), local response normalization (3.3), overlapping pooling (3.4) and
 * dropout (4.2). The paper's two columns, one a GPU, are the two groups of the convolutions 2, 4
 * and 5. With 1000 classes it has 60,965,224 parameters.
 *
 * <p>Initial values are as published (section 5): weights from N(0, 0.01), biases 1 in the second,
 * fourth and fifth convolution and the hidden fully connected layers, 0 elsewhere.
 */
public final class AlexNet implements Network {
  static final String NAME = "alexnet";

  private static final int CHANNELS = 3;

  /** ImageNet's mean colour; the paper subtracts the mean of each pixel, which differs little. */
  private static final List<Float> MEAN = List.of(123.68f, 116.779f, 103.939f);

  private static final InitialValue NORMAL = InitialValue.normal(0.01);
  private static final InitialValue ZERO = InitialValue.constant(0);
  private static final InitialValue ONE = InitialValue.constant(1);

  private final Sizes sizes;
  private final LocalResponse normalization;

  /** The network as published. */
  public AlexNet() {
    this(Sizes.PAPER, LocalResponse.PAPER);
  }

  AlexNet(Sizes sizes, LocalResponse normalization) {
    this.sizes = sizes;
    this.normalization = normalization;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int inputSize() {
    return sizes.input();
  }

  @Override
  public int storedSize() {
    return sizes.stored();
  }

  @Override
  public long parameters(int classes) {
    return sizes.convolutionParameters()
        + (sizes.values() + 1) * sizes.hidden()
        + (sizes.hidden() + 1) * (sizes.hidden() + classes);
  }

  @Override
  public List<Float> mean() {
    return MEAN;
  }

  @Override
  public Hyperparameters hyperparameters() {
    return new Hyperparameters(128, 0.01, 0.9, 5e-4, 0.5);
  }

  /** Logits of {@code images} (0 to 255, NHWC). */
  Operand<TFloat32> logits(Layers layers, Operand<TFloat32> centred, int classes) {
    Operand<TFloat32> x = padded(layers.tf(), centred); // 227x227x3
    x =
        layers.activation(
            layers.convolution(x, CHANNELS, conv("conv1", sizes.conv1(), 11, 4, 1, ZERO)));
    x = layers.localResponseNormalization(x, normalization); // 55x55x96
    x = layers.maxPool(x, "VALID"); // 27x27x96
    Convolution conv2 = conv("conv2", sizes.conv2(), 5, 1, 2, ONE);
    x = layers.activation(layers.paddedConvolution(x, sizes.conv1(), conv2)); // 27x27x256
    x = layers.localResponseNormalization(x, normalization);
    x = layers.maxPool(x, "VALID"); // 13x13x256
    Convolution conv3 = conv("conv3", sizes.conv3(), 3, 1, 1, ZERO);
    x = layers.activation(layers.paddedConvolution(x, sizes.conv2(), conv3)); // 13x13x384
    Convolution conv4 = conv("conv4", sizes.conv3(), 3, 1, 2, ONE);
    x = layers.activation(layers.paddedConvolution(x, sizes.conv3(), conv4)); // 13x13x384
    Convolution conv5 = conv("conv5", sizes.conv5(), 3, 1, 2, ONE);
    x = layers.activation(layers.paddedConvolution(x, sizes.conv3(), conv5)); // 13x13x256
    x = layers.maxPool(x, "VALID"); // 6x6x256
    x = layers.flatten(x, sizes.values()); // 9216
    long hidden = sizes.hidden();
    x = layers.fullyConnected(x, sizes.values(), "fc6", hidden, NORMAL, ONE); // 4096
    x = layers.dropout(layers.activation(x));
    x = layers.fullyConnected(x, hidden, "fc7", hidden, NORMAL, ONE); // 4096
    x = layers.dropout(layers.activation(x));
    return layers.fullyConnected(x, hidden, "fc8", classes, NORMAL, ZERO); // classes
  }

  /** The paper says 224 but its 55 positions four apart need 227: pads with the mean. */
  private static Operand<TFloat32> padded(Ops tf, Operand<TFloat32> centred) {
    int[][] margins = {{0, 0}, {1, 2}, {1, 2}, {0, 0}};
    return tf.pad(centred, tf.constant(margins), tf.constant(0f));
  }

  private static Convolution conv(
      String name, long filters, long size, long stride, long groups, InitialValue biases) {
    return new Convolution(name, filters, size, stride, groups, NORMAL, biases);
  }

  /**
   * The widths of the layers and the sizes of the images, which tests make small.
   *
   * @param conv3 filters of the third and of the fourth convolution
   * @param hidden units of each hidden fully connected layer
   */
  record Sizes(int input, int stored, long conv1, long conv2, long conv3, long conv5, long hidden) {
    static final Sizes PAPER = new Sizes(224, 256, 96, 256, 384, 256, 4096);

    long convolutionParameters() {
      return (11 * 11 * CHANNELS + 1) * conv1
          + (5 * 5 * conv1 / 2 + 1) * conv2
          + (3 * 3 * conv2 + 1) * conv3
          + (3 * 3 * conv3 / 2 + 1) * (conv3 + conv5);
    }

    /** Values of an image after the last pooling. */
    long values() {
      long conv1Side = (input + 3L - 11) / 4 + 1;
      long side = pooled(pooled(pooled(conv1Side)));
      return side * side * conv5;
    }

    private static long pooled(long side) {
      return (side - 3) / 2 + 1;
    }
  }
}
