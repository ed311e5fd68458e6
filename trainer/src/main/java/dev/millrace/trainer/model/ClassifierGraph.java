package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The graph of a classifier: what the softmax says of each view of the stored images, averaged. The
 * views go through the network one after the other, as in an evaluation, so that they take no more
 * memory than one of them.
 */
record ClassifierGraph(MinibatchInput input, Operand<TFloat32> probabilities) {

  static ClassifierGraph build(
      Ops tf, Weights weights, SessionOptions options, Devices devices, List<View> views) {
    Network network = options.network();
    int size = network.inputSize();
    MinibatchInput input = MinibatchInput.build(devices.onHost(tf, "images"), network.storedSize());
    Rows rows = input.whole();
    List<Operand<TFloat32>> sums = new ArrayList<>();
    List<Operation> before = List.of();
    for (View view : views) {
      ForwardPass pass =
          ForwardPass.build(
              devices.ofPass(tf, options.placement(), 0),
              weights,
              Dropout.evaluation(options.dropout()),
              input.images(rows, view, size, before),
              options,
              devices.normalizing());
      Operand<TFloat32> shares = pass.tf().nn.softmax(pass.logits());
      sums.add(sums.isEmpty() ? shares : pass.tf().math.add(sums.getLast(), shares));
      before = List.of(sums.getLast().op());
    }
    return new ClassifierGraph(
        input, tf.math.div(sums.getLast(), tf.constant((float) views.size())));
  }
}
