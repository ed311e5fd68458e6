package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What the softmax says of several views of the same images, added up. The views go through the
 * network one after the other, so that they take no more memory than one of them.
 */
final class SoftmaxSum {
  private SoftmaxSum() {}

  /**
   * Builds it for rows of a minibatch: [rows, classes], each row adding up to the views' number.
   */
  static Operand<TFloat32> of(
      Ops tf,
      Weights weights,
      SessionOptions options,
      Devices devices,
      MinibatchInput input,
      Rows rows,
      List<View> views) {
    int size = options.network().inputSize();
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
    return sums.getLast();
  }
}
