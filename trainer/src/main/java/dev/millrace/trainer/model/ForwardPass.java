package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TFloating;

/**
 * A network's forward pass in all its columns.
 *
 * @param tf makes operations where the logits are
 * @param logits of every image and class
 */
record ForwardPass(Ops tf, Tape tape, Operand<TFloat32> logits) {

  /**
   * @param columns makes operations on each column's device
   * @param images NHWC, 0 to 255
   * @param normalizing what local response normalization is computed by
   */
  static ForwardPass build(
      List<Ops> columns,
      Weights weights,
      Dropout dropout,
      Operand<TUint8> images,
      SessionOptions options,
      LocalResponse.Form normalizing) {
    Tape tape = new Tape();
    List<Layers> layers = new ArrayList<>();
    List<Operand<TFloat32>> centred = new ArrayList<>();
    for (Ops tf : columns) {
      Share share = new Share(layers.size(), columns.size());
      layers.add(
          new Layers(
              tf,
              weights,
              options.activation(),
              options.precision(),
              dropout,
              share,
              normalizing,
              tape));
      centred.add(centred(tf, images, options.mean()));
    }
    Layers first = layers.getFirst();
    Operand<TFloat32> values = centred.getFirst();
    int classes = options.classes();
    Operand<TFloating> scores =
        switch (options.network()) {
          case AlexNet alexNet -> alexNet.logits(new Columns(layers), centred, classes);
          case AlexNetOwt owt -> owt.logits(first, values, classes);
          case Cifar10 cifar10 -> cifar10.logits(first, values, classes);
          case CifarQuick cifarQuick -> cifarQuick.logits(first, values, classes);
        };
    Operand<TFloat32> logits = Precision.full(first.tf(), scores);
    first.end(logits);
    return new ForwardPass(first.tf(), tape, logits);
  }

  private static Operand<TFloat32> centred(Ops tf, Operand<TUint8> images, List<Float> mean) {
    return tf.math.sub(
        tf.dtypes.cast(images, TFloat32.class), tf.array(mean.get(0), mean.get(1), mean.get(2)));
  }
}
