package dev.millrace.trainer.model;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The four-layer network for CIFAR-10 in the form of cuda-convnet's "layers-18pct": three
 * convolutions with pooling, local response normalization behind the first two poolings, and one
 * fully connected layer. With and without the normalization it shows what section 3.3 of the paper
 * says of a four-layer network.
 *
 * <p>The normalization is the paper's, across channels, with the constants of cuda-convnet's
 * network for that: nine channels, k = 1, alpha = 0.001 / 9, beta = 0.75. They are meant for levels
 * from 0 to 255; here pixels are divided by 64 and the initial weights scaled by the number of
 * inputs of a unit, so that one learning rate serves all layers, and values between layers are so
 * much smaller that alpha has to be larger: 256 times, of those tried (64 squared as well) the one
 * with which the error was least.
 */
public final class Cifar10 implements Network {
  static final String NAME = "cifar10";
  static final String PLAIN_NAME = "cifar10-plain";

  private static final int CHANNELS = 3;
  private static final float SCALE = 1 / 64f;
  private static final LocalResponse NORMALIZATION =
      new LocalResponse(4, 1, 0.001f / 9 * 256, 0.75f);
  private static final InitialValue ZERO = InitialValue.constant(0);

  private final int size;
  private final long width;
  private final @Nullable LocalResponse normalization;

  /**
   * Images of {@code size} pixels a side, {@code width} filters in the first two convolutions.
   *
   * @param normalization its constants, null for none
   */
  Cifar10(int size, long width, @Nullable LocalResponse normalization) {
    this.size = size;
    this.width = width;
    this.normalization = normalization;
  }

  /** The network for images of 32x32 pixels, 32, 32 and 64 filters. */
  public static Cifar10 normalized() {
    return normalized(32, 32);
  }

  /** The same without normalization. */
  public static Cifar10 plain() {
    return new Cifar10(32, 32, null);
  }

  static Cifar10 normalized(int size, long width) {
    return new Cifar10(size, width, NORMALIZATION);
  }

  @Override
  public String name() {
    return normalization == null ? PLAIN_NAME : NAME;
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
    return convolutions + (values() + 1) * classes;
  }

  @Override
  public List<Float> mean() {
    return CifarQuick.MEAN;
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
    x = normalized(layers, layers.activation(layers.maxPool(x, "SAME"))); // 16x16x32
    x = layers.paddedConvolution(x, width, convolution("conv2", width, width)); // 16x16x32
    x = normalized(layers, layers.averagePool(layers.activation(x))); // 8x8x32
    x = layers.paddedConvolution(x, width, convolution("conv3", 2 * width, width)); // 8x8x64
    x = layers.averagePool(layers.activation(x)); // 4x4x64
    long values = values(); // 1024
    x = layers.flatten(x, values);
    return layers.fullyConnected(x, values, "fc4", classes, InitialValue.scaled(values), ZERO);
  }

  private Operand<TFloating> normalized(Layers layers, Operand<TFloating> x) {
    return normalization == null ? x : layers.localResponseNormalization(x, normalization);
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
