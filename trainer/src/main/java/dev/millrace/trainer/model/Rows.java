package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;

/**
 * The images of a minibatch that a forward pass takes, one behind the other.
 *
 * @param first index of the first one
 * @param images how many, at least one
 * @param minibatch how many all passes take together
 * @param counted 1, or 0 where they are another pass's and only fill this one
 * @param whole whether they are the whole minibatch
 */
record Rows(
    Operand<TInt32> first,
    Operand<TInt32> images,
    Operand<TInt32> minibatch,
    Operand<TInt32> counted,
    boolean whole) {

  /**
   * Equal parts, but for one image more or less. Where there are fewer images than parts, some take
   * one that does not count: TensorFlow's convolutions fail without any.
   */
  static List<Rows> parts(Ops tf, Operand<TInt32> minibatch, int parts) {
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> first = tf.constant(0);
    if (parts == 1) {
      return List.of(new Rows(first, minibatch, minibatch, one, true));
    }
    List<Rows> rows = new ArrayList<>();
    for (int i = 1; i <= parts; i++) {
      Operand<TInt32> next =
          tf.math.floorDiv(tf.math.mul(minibatch, tf.constant(i)), tf.constant(parts));
      Operand<TInt32> images = tf.math.sub(next, first);
      Operand<TInt32> counted = tf.math.minimum(images, one);
      rows.add(new Rows(first, tf.math.maximum(images, one), minibatch, counted, false));
      first = next;
    }
    return rows;
  }
}
