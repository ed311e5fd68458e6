package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The graph of a classifier: what the softmax says of each view of the stored images, averaged. */
record ClassifierGraph(MinibatchInput input, Operand<TFloat32> probabilities) {

  static ClassifierGraph build(
      Ops tf, Weights weights, SessionOptions options, Devices devices, List<View> views) {
    MinibatchInput input =
        MinibatchInput.build(devices.onHost(tf, "images"), options.network().storedSize());
    Operand<TFloat32> sum =
        SoftmaxSum.of(tf, weights, options, devices, input, input.whole(), views);
    return new ClassifierGraph(input, tf.math.div(sum, tf.constant((float) views.size())));
  }
}
