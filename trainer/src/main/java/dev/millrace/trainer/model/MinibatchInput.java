package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The way of a minibatch into the graph: whole buffers are fed, and only their first images taken.
 */
record MinibatchInput(
    Ops tf,
    Placeholder<TUint8> fedImages,
    Placeholder<TInt32> fedLabels,
    Placeholder<TInt32> count) {

  /**
   * @param fed height and width of the images as fed
   */
  static MinibatchInput build(Ops tf, int fed) {
    return new MinibatchInput(
        tf,
        tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, fed, fed, 3))),
        tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE))),
        tf.placeholder(TInt32.class, Placeholder.shape(Shape.scalar())));
  }

  /** The minibatch in so many parts. */
  List<Rows> parts(int parts) {
    return Rows.parts(tf, count, parts);
  }

  /** All of the minibatch. */
  Rows whole() {
    return parts(1).getFirst();
  }

  /**
   * What a view shows of some images, values 0 to 255.
   *
   * @param size height and width of the view
   * @param after operations to wait for
   */
  Operand<TUint8> images(Rows rows, View view, int size, List<Operation> after) {
    Ops next = after.isEmpty() ? tf : tf.withControlDependencyOps(after);
    Operand<TUint8> cropped =
        next.slice(
            fedImages,
            joined(rows.first(), tf.array(view.top(), view.left(), 0)),
            joined(rows.images(), tf.array(size, size, 3)));
    // TensorFlow has lost the sizes it knew; the reshaping says them again and costs nothing.
    Operand<TUint8> shaped = tf.reshape(cropped, tf.array(-1, size, size, 3));
    return view.mirrored() ? tf.reverse(shaped, tf.array(2)) : shaped;
  }

  Operand<TInt32> labels(Rows rows) {
    Operand<TInt32> axis = tf.constant(0);
    return tf.slice(
        fedLabels, tf.expandDims(rows.first(), axis), tf.expandDims(rows.images(), axis));
  }

  private Operand<TInt32> joined(Operand<TInt32> images, Operand<TInt32> others) {
    return tf.concat(
        List.<Operand<TInt32>>of(tf.expandDims(images, tf.constant(0)), others), tf.constant(0));
  }

  GraphRun feed(GraphRun run, MinibatchBuffer buffer, TInt32 images) {
    return run.feed(fedImages, buffer.imageTensor())
        .feed(fedLabels, buffer.labelTensor())
        .feed(count, images);
  }
}
