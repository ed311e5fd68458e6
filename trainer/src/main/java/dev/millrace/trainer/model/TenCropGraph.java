package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The graph of testing on ten crops (section 4.1 of the paper): what the softmax says of each is
 * averaged. The crops go through the network one after the other, so that it takes no more memory
 * than one of them.
 */
record TenCropGraph(MinibatchInput input, Operand<TInt32> top1Errors, Operand<TInt32> top5Errors) {

  static TenCropGraph build(Ops tf, Weights weights, SessionOptions options, Devices devices) {
    Network network = options.network();
    int size = network.inputSize();
    MinibatchInput input = MinibatchInput.build(devices.onHost(tf, "crops"), network.storedSize());
    Rows rows = input.whole();
    List<Operand<TFloat32>> sums = new ArrayList<>();
    List<Operation> before = List.of();
    for (View view : View.ten(network.storedSize(), size)) {
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
    // The sum puts the classes in the same order as the mean.
    Ops last = devices.ofPass(tf, options.placement(), 0).getFirst();
    Ranking ranking = new Ranking(last, sums.getLast(), input.labels(rows));
    return new TenCropGraph(input, ranking.errors(1), ranking.errors(5));
  }
}
