package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stage;
import org.tensorflow.op.core.Unstage;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Brings minibatches into a device's memory ahead of the steps that take them, in the same order,
 * so that a step does not wait for its images to cross over.
 *
 * @param put takes the minibatch that is fed
 * @param images of the next minibatch, NHWC
 * @param labels of the next minibatch
 */
record Staging(Operation put, Operand<TUint8> images, Operand<TInt32> labels) {
  private static final String NAME = "minibatches";

  /**
   * @param tf makes operations on the device
   * @param size height and width of the images
   */
  static Staging of(Ops tf, Operand<TUint8> images, Operand<TInt32> labels, int size) {
    Stage stage =
        Stage.create(tf.scope(), List.<Operand<?>>of(images, labels), Stage.sharedName(NAME));
    Unstage unstage =
        Unstage.create(tf.scope(), List.of(TUint8.class, TInt32.class), Unstage.sharedName(NAME));
    return new Staging(
        stage.op(),
        // TensorFlow does not know their sizes.
        tf.reshape(unstage.values().get(0).expect(TUint8.class), tf.array(-1, size, size, 3)),
        tf.reshape(unstage.values().get(1).expect(TInt32.class), tf.array(-1)));
  }
}
