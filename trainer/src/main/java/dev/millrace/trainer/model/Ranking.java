package dev.millrace.trainer.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Where the labels stand among the classes.
 *
 * @param scores of each image and class, larger for likelier classes: logits or probabilities
 */
record Ranking(Ops tf, Operand<TFloat32> scores, Operand<TInt32> labels) {
  /**
   * Number of images whose label is not among the {@code k} likeliest classes. Ties and values that
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

  /** Number of scores not below the label's, itself included; 0 where it is not a number. */
  private Operand<TInt32> rank() {
    Operand<TInt32> notBelow =
        tf.dtypes.cast(tf.math.greaterEqual(scores, ofLabels()), TInt32.class);
    return tf.sum(notBelow, tf.array(1));
  }

  /** The labels' scores: [images, 1]. */
  Operand<TFloat32> ofLabels() {
    return tf.gather(
        scores, tf.expandDims(labels, tf.constant(1)), tf.constant(1), batchDimensions());
  }

  private static Gather.Options batchDimensions() {
    return Gather.batchDims(1L);
  }
}
