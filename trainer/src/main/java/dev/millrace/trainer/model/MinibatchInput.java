package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The way of a minibatch into the graph: whole buffers are fed, and only their first images taken.
 */
record MinibatchInput(
    Placeholder<TUint8> fedImages,
    Placeholder<TInt32> fedLabels,
    Placeholder<TInt32> count,
    Operand<TInt32> labels) {

  /**
   * @param fed height and width of the images as fed
   */
  static MinibatchInput build(Ops tf, int fed) {
    Placeholder<TUint8> fedImages =
        tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, fed, fed, 3)));
    Placeholder<TInt32> fedLabels =
        tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
    Placeholder<TInt32> count = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
    Operand<TInt32> labels = tf.slice(fedLabels, tf.array(0), tf.expandDims(count, tf.constant(0)));
    return new MinibatchInput(fedImages, fedLabels, count, labels);
  }

  /**
   * What a view shows of the images, values 0 to 255.
   *
   * @param size height and width of the view
   */
  Operand<TFloat32> images(Ops tf, View view, int size) {
    Operand<TInt32> begin = tf.array(0, view.top(), view.left(), 0);
    Operand<TInt32> sizes =
        tf.concat(
            List.<Operand<TInt32>>of(tf.expandDims(count, tf.constant(0)), tf.array(size, size, 3)),
            tf.constant(0));
    Operand<TUint8> cropped = tf.slice(fedImages, begin, sizes);
    // TensorFlow has lost the sizes it knew; the reshaping says them again and costs nothing.
    Operand<TUint8> shaped = tf.reshape(cropped, tf.array(-1, size, size, 3));
    Operand<TFloat32> levels = tf.dtypes.cast(shaped, TFloat32.class);
    return view.mirrored() ? tf.reverse(levels, tf.array(2)) : levels;
  }

  Session.Runner feed(Session.Runner runner, MinibatchBuffer buffer, TInt32 images) {
    return runner
        .feed(fedImages, buffer.imageTensor())
        .feed(fedLabels, buffer.labelTensor())
        .feed(count, images);
  }
}
