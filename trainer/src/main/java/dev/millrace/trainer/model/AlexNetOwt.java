package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * AlexNet in one column, after Krizhevsky, "One weird trick for parallelizing convolutional neural
 * networks" (2014), as torchvision ships it: no groups, no local response normalization, pooling
 * behind the rectified units, dropout before the hidden fully connected layers. With 1000 classes
 * it has 61,100,840 parameters.
 *
 * <p>Pixels are divided by ImageNet's standard deviation and weights start from N(0, sqrt(2 /
 * inputs of a unit)), which keeps the variance from layer to layer (He et al. 2015): without
 * normalization the paper's N(0, 0.01) lets it shrink. The last layer's start from N(0, 0.01), so
 * that all classes are about as likely at first. Biases start at 0.
 */
public final class AlexNetOwt implements Network {
  static final String NAME = "alexnet-owt";

  private static final int CHANNELS = 3;
  private static final List<Float> MEAN = List.of(123.68f, 116.779f, 103.939f);
  private static final float SCALE = 1 / 57.6f; // the mean of the three channels' deviations
  private static final InitialValue ZERO = InitialValue.constant(0);

  private final Sizes sizes;

  /** The network as published. */
  public AlexNetOwt() {
    this(Sizes.PUBLISHED);
  }

  AlexNetOwt(Sizes sizes) {
    this.sizes = sizes;
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

  /** Logits of images (NHWC, 0 to 255, less the mean). */
  Operand<TFloating> logits(Layers layers, Operand<TFloat32> centred, int classes) {
    Operand<TFloating> x = layers.reduced(padded(layers.tf(), centred)); // 228x228x3
    Convolution conv1 = convolution("conv1", sizes.conv1(), 11, 4, CHANNELS);
    x = layers.activation(layers.convolution(x, CHANNELS, conv1)); // 55x55x64
    x = layers.maxPool(x, "VALID"); // 27x27x64
    x = padded(layers, x, sizes.conv1(), "conv2", sizes.conv2(), 5); // 27x27x192
    x = layers.maxPool(x, "VALID"); // 13x13x192
    x = padded(layers, x, sizes.conv2(), "conv3", sizes.conv3(), 3); // 13x13x384
    x = padded(layers, x, sizes.conv3(), "conv4", sizes.conv4(), 3); // 13x13x256
    x = padded(layers, x, sizes.conv4(), "conv5", sizes.conv4(), 3); // 13x13x256
    x = layers.maxPool(x, "VALID"); // 6x6x256
    long values = sizes.values(); // 9216
    long hidden = sizes.hidden();
    x = layers.dropout(layers.flatten(x, values));
    x = layers.fullyConnected(x, values, "fc6", hidden, InitialValue.scaled(values), ZERO);
    x = layers.dropout(layers.activation(x)); // 4096
    x = layers.fullyConnected(x, hidden, "fc7", hidden, InitialValue.scaled(hidden), ZERO);
    x = layers.activation(x); // 4096
    return layers.fullyConnected(x, hidden, "fc8", classes, InitialValue.normal(0.01), ZERO);
  }

  private static Operand<TFloat32> padded(Ops tf, Operand<TFloat32> centred) {
    int[][] margins = {{0, 0}, {2, 2}, {2, 2}, {0, 0}};
    Operand<TFloat32> scaled = tf.math.mul(centred, tf.constant(SCALE));
    return tf.pad(scaled, tf.constant(margins), tf.constant(0f));
  }

  private static Operand<TFloating> padded(
      Layers layers, Operand<TFloating> x, long depth, String name, long filters, long size) {
    Convolution convolution = convolution(name, filters, size, 1, depth);
    return layers.activation(layers.paddedConvolution(x, depth, convolution));
  }

  private static Convolution convolution(
      String name, long filters, long size, long stride, long depth) {
    InitialValue weights = InitialValue.scaled(size * size * depth);
    return new Convolution(name, filters, size, stride, 1, weights, ZERO);
  }

  /**
   * The widths of the layers and the sizes of the images, which tests make small.
   *
   * @param conv4 filters of the fourth and of the fifth convolution
   * @param hidden units of each hidden fully connected layer
   */
  record Sizes(int input, int stored, long conv1, long conv2, long conv3, long conv4, long hidden) {
    static final Sizes PUBLISHED = new Sizes(224, 256, 64, 192, 384, 256, 4096);

    long convolutionParameters() {
      return (11 * 11 * CHANNELS + 1) * conv1
          + (5 * 5 * conv1 + 1) * conv2
          + (3 * 3 * conv2 + 1) * conv3
          + (3 * 3 * conv3 + 1) * conv4
          + (3 * 3 * conv4 + 1) * conv4;
    }

    /** Values of an image after the last pooling. */
    long values() {
      long conv1Side = (input + 4L - 11) / 4 + 1;
      long side = pooled(pooled(pooled(conv1Side)));
      return side * side * conv4;
    }

    private static long pooled(long side) {
      return (side - 3) / 2 + 1;
    }
  }
}
