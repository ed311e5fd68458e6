package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The graph of one training step: forward, loss, backward, update.
 *
 * @param key the seed and the step, by which units are dropped
 */
record TrainingGraph(
    MinibatchInput input,
    Placeholder<TInt64> key,
    Placeholder<TFloat32> learningRate,
    Operand<TFloat32> loss,
    Operand<TInt32> top1Errors,
    Operand<TInt32> top5Errors,
    Operand<TFloat32> gradientNorm,
    Map<Variable, Operand<TFloat32>> gradients,
    Operation update) {

  static TrainingGraph build(Graph graph, Ops tf, Weights weights, SessionOptions options) {
    Network network = options.network();
    int size = network.inputSize();
    MinibatchInput input = MinibatchInput.build(tf, size);
    Placeholder<TInt64> key = tf.placeholder(TInt64.class);
    Placeholder<TFloat32> rate = tf.placeholder(TFloat32.class);
    Layers layers = Layers.training(tf, weights, options, key);
    Operand<TFloat32> images = input.images(tf, View.centre(size, size), size);
    Operand<TFloat32> logits = logits(layers, images, options);
    Classification classification = new Classification(tf, logits, input.labels());
    Map<Variable, Operand<TFloat32>> gradients =
        new Gradients(graph, tf).of(layers.segments(), logits, classification.logitsGradient());
    MomentumUpdate update = new MomentumUpdate(tf, options.momentum(), options.weightDecay());
    return new TrainingGraph(
        input,
        key,
        rate,
        classification.meanLoss(),
        classification.errors(1),
        classification.errors(5),
        norm(tf, List.copyOf(gradients.values())),
        gradients,
        update.of(weights, gradients, rate));
  }

  /** Logits of {@code images} (NHWC, 0 to 255). */
  static Operand<TFloat32> logits(Layers layers, Operand<TFloat32> images, SessionOptions options) {
    List<Float> mean = options.mean();
    Operand<TFloat32> centred =
        layers.tf().math.sub(images, layers.tf().array(mean.get(0), mean.get(1), mean.get(2)));
    return switch (options.network()) {
      case AlexNet alexNet -> alexNet.logits(layers, centred, options.classes());
      case AlexNetOwt owt -> owt.logits(layers, centred, options.classes());
      case Cifar10 cifar10 -> cifar10.logits(layers, centred, options.classes());
      case CifarQuick cifarQuick -> cifarQuick.logits(layers, centred, options.classes());
    };
  }

  private static Operand<TFloat32> norm(Ops tf, List<Operand<TFloat32>> gradients) {
    List<Operand<TFloat32>> halfSquares = new ArrayList<>();
    gradients.forEach(gradient -> halfSquares.add(tf.nn.l2Loss(gradient)));
    return tf.math.sqrt(tf.math.mul(tf.math.addN(halfSquares), tf.constant(2f)));
  }
}
