package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The quick four-layer network for CIFAR-10 from the cuda-convnet code that the paper's footnote 3
 * points to ("layers-80sec"): three convolutions with pooling and one hidden fully connected layer.
 * It is small enough to learn on a processor in minutes. Layers, sizes and pooling are
 * cuda-convnet's.
 *
 * <p>Two forms differ in where they begin. In the usual one the initial weights are scaled by the
 * number of inputs of a unit and the pixels divided by 64, so that one learning rate serves all
 * layers. The unscaled one begins as cuda-convnet's does: pixels as they are, and weights with the
 * standard deviations that it publishes. That is harder to learn, for units that saturate most of
 * all, and so the one to compare them in: figure 1 of the paper.
 */
public final class CifarQuick implements Network {
  static final String NAME = "cifar10-quick";
  static final String UNSCALED_NAME = "cifar10-quick-unscaled";

  private static final int CHANNELS = 3;

  /** CIFAR-10's mean color. */
  static final List<Float> MEAN = List.of(125.3f, 123.0f, 113.9f);

  private static final float SCALE = 1 / 64f;
  private static final InitialValue ZERO = InitialValue.constant(0);

  private final int size;
  private final long width;
  private final boolean scaled;

  /** The network as published: images of 32x32 pixels, 32, 32 and 64 filters. */
  public CifarQuick() {
    this(32, 32);
  }

  /** Images of {@code size} pixels a side, {@code width} filters in the first two convolutions. */
  CifarQuick(int size, long width) {
    this(size, width, true);
  }

  private CifarQuick(int size, long width, boolean scaled) {
    this.size = size;
    this.width = width;
    this.scaled = scaled;
  }

  /** The network with cuda-convnet's pixels and initial weights. */
  public static CifarQuick unscaled() {
    return unscaled(32, 32);
  }

  static CifarQuick unscaled(int size, long width) {
    return new CifarQuick(size, width, false);
  }

  @Override
  public String name() {
    return scaled ? NAME : UNSCALED_NAME;
  }

  @Override
  public int inputSize() {
    return size;
  }

  @Override
  public int storedSize() {
    return size;
  }

  @Override
  public long parameters(int classes) {
    long convolutions =
        (25 * CHANNELS + 1) * width + (25 * width + 1) * width + (25 * width + 1) * 2 * width;
    return convolutions + (values() + 1) * 2 * width + (2 * width + 1) * classes;
  }

  @Override
  public List<Float> mean() {
    return MEAN;
  }

  @Override
  public Hyperparameters hyperparameters() {
    return new Hyperparameters(128, scaled ? 0.01 : 0.001, 0.9, 5e-4, 0);
  }

  /** Logits of images (NHWC, 0 to 255, less the mean). */
  Operand<TFloating> logits(Layers layers, Operand<TFloat32> centred, int classes) {
    Operand<TFloating> x = layers.reduced(levels(layers, centred)); // 32x32x3
    x = layers.paddedConvolution(x, CHANNELS, convolution("conv1", width, CHANNELS, 1e-4));
    x = layers.activation(layers.maxPool(x, "SAME")); // 16x16x32
    x = layers.paddedConvolution(x, width, convolution("conv2", width, width, 0.01));
    x = layers.averagePool(layers.activation(x)); // 8x8x32
    x = layers.paddedConvolution(x, width, convolution("conv3", 2 * width, width, 0.01));
    x = layers.averagePool(layers.activation(x)); // 4x4x64
    long values = values(); // 1024
    x = layers.flatten(x, values);
    x = layers.fullyConnected(x, values, "fc4", 2 * width, initial(values, 0.1), ZERO); // 64
    x = layers.dropout(layers.activation(x));
    return layers.fullyConnected(x, 2 * width, "fc5", classes, initial(8 * width, 0.1), ZERO);
  }

  private Operand<TFloat32> levels(Layers layers, Operand<TFloat32> centred) {
    return scaled ? layers.tf().math.mul(centred, layers.tf().constant(SCALE)) : centred;
  }

  private Convolution convolution(String name, long filters, long depth, double published) {
    return new Convolution(name, filters, 5, 1, 1, initial(25 * depth, published), ZERO);
  }

  /** By the number of a unit's inputs, or with the standard deviation that cuda-convnet has. */
  private InitialValue initial(long inputs, double published) {
    return scaled ? InitialValue.scaled(inputs) : InitialValue.normal(published);
  }

  /** Values of an image after the last pooling. */
  private long values() {
    long side = pooled(pooled(pooled(size)));
    return side * side * 2 * width;
  }

  private static long pooled(long side) {
    return (side + 1) / 2;
  }
}
