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
 *
 * @param images as fed, cropped to their centre, values 0 to 255
 */
record MinibatchInput(
    Placeholder<TUint8> fedImages,
    Placeholder<TInt32> fedLabels,
    Placeholder<TInt32> count,
    Operand<TFloat32> images,
    Operand<TInt32> labels) {

  /**
   * @param fed height and width of the images as fed
   * @param taken height and width of their centre that is used
   */
  static MinibatchInput build(Ops tf, int fed, int taken) {
    Placeholder<TUint8> fedImages =
        tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, fed, fed, 3)));
    Placeholder<TInt32> fedLabels =
        tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
    Placeholder<TInt32> count = tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar()));
    int margin = (fed - taken) / 2;
    Operand<TInt32> begin = tf.array(0, margin, margin, 0);
    Operand<TInt32> size =
        tf.concat(
            List.<Operand<TInt32>>of(
                tf.expandDims(count, tf.constant(0)), tf.array(taken, taken, 3)),
            tf.constant(0));
    Operand<TUint8> cropped = tf.slice(fedImages, begin, size);
    // TensorFlow has lost the sizes it knew; the reshaping says them again and costs nothing.
    Operand<TUint8> shaped = tf.reshape(cropped, tf.array(-1, taken, taken, 3));
    Operand<TInt32> labels = tf.slice(fedLabels, tf.array(0), tf.expandDims(count, tf.constant(0)));
    return new MinibatchInput(
        fedImages, fedLabels, count, tf.dtypes.cast(shaped, TFloat32.class), labels);
  }

  Session.Runner feed(Session.Runner runner, MinibatchBuffer buffer, TInt32 images) {
    return runner
        .feed(fedImages, buffer.imageTensor())
        .feed(fedLabels, buffer.labelTensor())
        .feed(count, images);
  }
}
