package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The network of Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional
 * Neural Networks" (2012): five convolutions and three fully connected layers (section 3.5, figure
 * 2), rectified units (3.1), local response normalization (3.3), overlapping pooling (3.4) and
 * dropout (4.2). The paper's two columns, one a GPU, are the two groups of the convolutions 2, 4
 * and 5 and of both normalizations. With 1000 classes it has 60,965,224 parameters.
 *
 * <p>Section 3.3 sums over neighbouring kernels of "the layer", figure 2 draws a layer's part on
 * each GPU, and by 3.2 and 3.5 the second convolution reads only kernel maps of its own GPU. So a
 * normalization keeps to its own column: over both, the maps beside the border would carry values
 * of the other GPU into it.
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
  public boolean hasColumns() {
    return true;
  }

  @Override
  public Hyperparameters hyperparameters() {
    return new Hyperparameters(128, 0.01, 0.9, 5e-4, 0.5);
  }

  /**
   * Logits of images (NHWC, 0 to 255, less the mean), which every column gets. What a column of two
   * has is one of the groups of the undivided network, so that both compute the same; the last
   * layer stands in the first column.
   */
  Operand<TFloating> logits(Columns columns, List<Operand<TFloat32>> centred, int classes) {
    long n = columns.count();
    long groups = 2 / n;
    List<Operand<TFloating>> x =
        columns.each(centred, (layers, images) -> first(layers, images, n, groups));
    x = columns.each(columns.joined("conv3", x), (layers, y) -> second(layers, y, n, groups));
    long hidden = sizes.hidden() / n;
    x =
        columns.each(
            columns.joined("fc6", x),
            (layers, y) -> {
              Operand<TFloating> values = layers.flatten(y, sizes.values()); // 9216
              return hidden(layers, values, sizes.values(), "fc6", hidden); // 4096
            });
    x =
        columns.each(
            columns.joined("fc7", x),
            (layers, y) -> hidden(layers, y, sizes.hidden(), "fc7", hidden)); // 4096
    Operand<TFloating> y = columns.joinedInFirst("fc8", x);
    Layers last = columns.first().whole();
    return last.fullyConnected(y, sizes.hidden(), "fc8", classes, NORMAL, ZERO); // classes
  }

  /** The layers that read their own column, up to the second pooling; widths of both columns. */
  private Operand<TFloating> first(
      Layers layers, Operand<TFloat32> centred, long columns, long groups) {
    long conv1Width = sizes.conv1() / columns;
    Operand<TFloating> x = layers.reduced(padded(layers.tf(), centred)); // 227x227x3
    x =
        layers.activation(
            layers.convolution(x, CHANNELS, conv("conv1", conv1Width, 11, 4, 1, ZERO)));
    x = layers.localResponseNormalization(x, normalization, groups); // 55x55x96
    x = layers.maxPool(x, "VALID"); // 27x27x96
    Convolution conv2 = conv("conv2", sizes.conv2() / columns, 5, 1, groups, ONE);
    x = layers.activation(layers.paddedConvolution(x, conv1Width, conv2)); // 27x27x256
    x = layers.localResponseNormalization(x, normalization, groups);
    return layers.maxPool(x, "VALID"); // 13x13x256
  }

  /** The third convolution, which reads both columns, and what reads its own column behind it. */
  private Operand<TFloating> second(
      Layers layers, Operand<TFloating> y, long columns, long groups) {
    long conv3Width = sizes.conv3() / columns;
    Convolution conv3 = conv("conv3", conv3Width, 3, 1, 1, ZERO);
    Operand<TFloating> x = layers.activation(layers.paddedConvolution(y, sizes.conv2(), conv3));
    Convolution conv4 = conv("conv4", conv3Width, 3, 1, groups, ONE);
    x = layers.activation(layers.paddedConvolution(x, conv3Width, conv4)); // 13x13x384
    Convolution conv5 = conv("conv5", sizes.conv5() / columns, 3, 1, groups, ONE);
    x = layers.activation(layers.paddedConvolution(x, conv3Width, conv5)); // 13x13x256
    return layers.maxPool(x, "VALID"); // 6x6x256
  }

  private static Operand<TFloating> hidden(
      Layers layers, Operand<TFloating> x, long inputs, String name, long units) {
    return layers.dropout(
        layers.activation(layers.fullyConnected(x, inputs, name, units, NORMAL, ONE)));
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
