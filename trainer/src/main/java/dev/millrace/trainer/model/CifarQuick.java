package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The quick four-layer network for CIFAR-10 from the cuda-convnet code that the paper's footnote 3
 * points to ("layers-80sec"): three convolutions with pooling and one hidden fully connected layer.
 * It is small enough to learn on a processor in minutes. Layers, sizes and pooling are
 * cuda-convnet's; the initial weights are scaled by the number of inputs of a unit and the pixels
 * divided by 64, so that one learning rate serves all layers.
 */
public final class CifarQuick implements Network {
  static final String NAME = "cifar10-quick";

  private static final int CHANNELS = 3;

  /** CIFAR-10's mean color. */
  static final List<Float> MEAN = List.of(125.3f, 123.0f, 113.9f);

  private static final float SCALE = 1 / 64f;
  private static final InitialValue ZERO = InitialValue.constant(0);

  private final int size;
  private final long width;

  /** The network as published: images of 32x32 pixels, 32, 32 and 64 filters. */
  public CifarQuick() {
    this(32, 32);
  }

  /** Images of {@code size} pixels a side, {@code width} filters in the first two convolutions. */
  CifarQuick(int size, long width) {
    this.size = size;
    this.width = width;
  }

  @Override
  public String name() {
    return NAME;
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
    return new Hyperparameters(128, 0.01, 0.9, 5e-4, 0);
  }

  /** Logits of images (NHWC, 0 to 255, less the mean). */
  Operand<TFloating> logits(Layers layers, Operand<TFloat32> centred, int classes) {
    Operand<TFloat32> scaled = layers.tf().math.mul(centred, layers.tf().constant(SCALE));
    Operand<TFloating> x = layers.reduced(scaled); // 32x32x3
    x = layers.paddedConvolution(x, CHANNELS, convolution("conv1", width, CHANNELS)); // 32x32x32
    x = layers.activation(layers.maxPool(x, "SAME")); // 16x16x32
    x = layers.activation(layers.paddedConvolution(x, width, convolution("conv2", width, width)));
    x = layers.averagePool(x); // 8x8x32
    x =
        layers.activation(
            layers.paddedConvolution(x, width, convolution("conv3", 2 * width, width)));
    x = layers.averagePool(x); // 4x4x64
    long values = values(); // 1024
    x = layers.flatten(x, values);
    x = layers.fullyConnected(x, values, "fc4", 2 * width, InitialValue.scaled(values), ZERO); // 64
    x = layers.dropout(layers.activation(x));
    return layers.fullyConnected(
        x, 2 * width, "fc5", classes, InitialValue.scaled(8 * width), ZERO);
  }

  private static Convolution convolution(String name, long filters, long depth) {
    return new Convolution(name, filters, 5, 1, 1, InitialValue.scaled(25 * depth), ZERO);
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
