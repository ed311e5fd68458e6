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
  private final Rows rows;
  private final SparseSoftmaxCrossEntropyWithLogits<TFloat32> crossEntropy;

  /**
   * @param rows the images of the minibatch that these are
   */
  Classification(Ops tf, Operand<TFloat32> logits, Operand<TInt32> labels, Rows rows) {
    this.rows = rows;
    this.tf = tf;
    this.logits = logits;
    this.labels = labels;
    this.crossEntropy = tf.nn.sparseSoftmaxCrossEntropyWithLogits(logits, labels);
  }

  /** Softmax cross-entropy of each image. */
  Operand<TFloat32> losses() {
    return crossEntropy.loss();
  }

  /** The images' part of the minibatch's mean loss: the parts' sum is the mean. */
  Operand<TFloat32> minibatchLoss() {
    return rows.whole()
        ? tf.math.mean(losses(), tf.array(0))
        : tf.math.div(counted(tf.sum(losses(), tf.array(0))), minibatch());
  }

  /** Gradient of {@link #minibatchLoss} by the logits. */
  Operand<TFloat32> logitsGradient() {
    return counted(tf.math.div(crossEntropy.backprop(), minibatch()));
  }

  private Operand<TFloat32> counted(Operand<TFloat32> measure) {
    return rows.whole()
        ? measure
        : tf.math.mul(measure, tf.dtypes.cast(rows.counted(), TFloat32.class));
  }

  private Operand<TFloat32> minibatch() {
    return tf.dtypes.cast(rows.minibatch(), TFloat32.class);
  }

  /** Number of images whose label is not among the {@code k} largest logits. */
  Operand<TInt32> errors(int k) {
    Operand<TInt32> errors = new Ranking(tf, logits, labels).errors(k);
    return rows.whole() ? errors : tf.math.mul(errors, rows.counted());
  }
}
