package dev.millrace.trainer.model;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TFloating;

/**
 * Dropout as in section 4.2: in training a unit is set to 0 by chance and the others are left as
 * they are; in evaluation all are multiplied by the share that training keeps. Whether a unit is
 * dropped follows from seed, step, layer, the image's place in the minibatch and the unit's place
 * in the layer, however minibatch and layer are divided among devices.
 */
final class Dropout {
  private final float chance;
  private final @Nullable Operand<TInt64> key;
  private final @Nullable Rows rows;

  private Dropout(float chance, @Nullable Operand<TInt64> key, @Nullable Rows rows) {
    this.chance = chance;
    this.key = key;
    this.rows = rows;
  }

  /** Drops units by {@code key}: the seed and the step. */
  static Dropout training(float chance, Operand<TInt64> key, Rows rows) {
    return new Dropout(chance, key, rows);
  }

  /** Lets all units speak. */
  static Dropout evaluation(float chance) {
    return new Dropout(chance, null, null);
  }

  /**
   * @param x values of the rows, images first
   * @param layer ordinal of the dropout layer
   * @param share which of the layer's units are in {@code x}
   */
  Operand<TFloating> of(Ops tf, Operand<TFloating> x, int layer, Share share) {
    if (chance == 0) {
      return x;
    }
    if (key == null || rows == null) {
      return tf.math.mul(x, as(tf, x, tf.constant(1 - chance)));
    }
    Operand<TInt64> layerKey = tf.math.add(key, tf.array(0L, RandomKey.dropout(layer)));
    Operand<TFloat32> uniform = uniform(tf, x, layerKey, share, rows);
    return tf.math.mul(x, as(tf, x, tf.math.greaterEqual(uniform, tf.constant(chance))));
  }

  /** Random numbers for all images and units of the layer, and of these the ones in {@code x}. */
  private static Operand<TFloat32> uniform(
      Ops tf, Operand<TFloating> x, Operand<TInt64> key, Share share, Rows rows) {
    Operand<TInt32> shape = tf.shape(x);
    if (rows.whole() && share.count() == 1) {
      return tf.random.statelessRandomUniform(shape, key);
    }
    int[] widths = new int[x.shape().numDimensions() - 1];
    int[] places = new int[widths.length];
    Arrays.fill(widths, 1);
    widths[widths.length - 1] = share.count();
    places[widths.length - 1] = share.index();
    Operand<TInt32> ofImage = tf.slice(shape, tf.array(1), tf.array(-1));
    Operand<TFloat32> all =
        tf.random.statelessRandomUniform(
            joined(tf, rows.minibatch(), tf.math.mul(ofImage, tf.array(widths))), key);
    return tf.slice(all, joined(tf, rows.first(), tf.math.mul(ofImage, tf.array(places))), shape);
  }

  private static Operand<TFloating> as(Ops tf, Operand<TFloating> x, Operand<?> factors) {
    return tf.dtypes.cast(factors, x.type());
  }

  private static Operand<TInt32> joined(Ops tf, Operand<TInt32> images, Operand<TInt32> others) {
    return tf.concat(
        List.<Operand<TInt32>>of(tf.expandDims(images, tf.constant(0)), others), tf.constant(0));
  }
}
