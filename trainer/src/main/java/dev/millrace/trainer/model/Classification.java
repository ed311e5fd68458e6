package dev.millrace.trainer.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.nn.SparseSoftmaxCrossEntropyWithLogits;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Loss and errors of logits against labels. */
final class Classification {
  private final Ops tf;
  private final Operand<TFloat32> logits;
  private final Operand<TInt32> labels;
  private final SparseSoftmaxCrossEntropyWithLogits<TFloat32> crossEntropy;

  Classification(Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels) {
    this.tf = tf;
    this.logits = logits;
    this.labels = labels;
    this.crossEntropy = tf.nn.sparseSoftmaxCrossEntropyWithLogits(logits, labels);
  }

  Operand<TFloat32> logits() {
    return logits;
  }

  /** Softmax cross-entropy of each image. */
  Operand<TFloat32> losses() {
    return crossEntropy.loss();
  }

  Operand<TFloat32> meanLoss() {
    return tf.math.mean(losses(), tf.array(0));
  }

  /** Gradient of {@link #meanLoss} by the logits. */
  Operand<TFloat32> logitsGradient() {
    Operand<TFloat32> images = tf.dtypes.cast(tf.size(labels), TFloat32.class);
    return tf.math.div(crossEntropy.backprop(), images);
  }

  /**
   * Number of images whose label is not among the {@code k} largest logits. Ties and values that
   * are not numbers count as errors, so that a network that has stopped to tell classes apart does
   * not look good.
   */
  Operand<TInt32> errors(int k) {
    Operand<TInt32> perImage = rank();
    Operand<TInt32> correct =
        tf.dtypes.cast(
            tf.math.logicalAnd(
                tf.math.greaterEqual(perImage, tf.constant(1)),
                tf.math.lessEqual(perImage, tf.constant(k))),
            TInt32.class);
    return tf.math.sub(tf.size(labels), tf.sum(correct, tf.array(0)));
  }

  /** Number of logits not below the label's, itself included; 0 where it is not a number. */
  private Operand<TInt32> rank() {
    Operand<TFloat32> ofLabel =
        tf.gather(logits, tf.expandDims(labels, tf.constant(1)), tf.constant(1), batchDimensions());
    Operand<TInt32> notBelow = tf.dtypes.cast(tf.math.greaterEqual(logits, ofLabel), TInt32.class);
    return tf.sum(notBelow, tf.array(1));
  }

  private static Gather.Options batchDimensions() {
    return Gather.batchDims(1L);
  }
}
