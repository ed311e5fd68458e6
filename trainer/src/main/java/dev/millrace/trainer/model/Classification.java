package dev.millrace.trainer.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
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

  /** Number of images whose label is not among the {@code k} largest logits. */
  Operand<TInt32> errors(int k) {
    return new Ranking(tf, logits, labels).errors(k);
  }
}
