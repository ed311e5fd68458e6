package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The graph of testing on ten crops (section 4.1 of the paper): what the softmax says of each is
 * averaged.
 */
record TenCropGraph(MinibatchInput input, Operand<TInt32> top1Errors, Operand<TInt32> top5Errors) {

  static TenCropGraph build(Ops tf, Weights weights, SessionOptions options, Devices devices) {
    Network network = options.network();
    MinibatchInput input = MinibatchInput.build(devices.onHost(tf, "crops"), network.storedSize());
    Rows rows = input.whole();
    List<View> crops = View.ten(network.storedSize(), network.inputSize());
    Operand<TFloat32> sum = SoftmaxSum.of(tf, weights, options, devices, input, rows, crops);
    // The sum puts the classes in the same order as the mean.
    Ops last = devices.ofPass(tf, options.placement(), 0).getFirst();
    Ranking ranking = new Ranking(last, sum, input.labels(rows));
    return new TenCropGraph(input, ranking.errors(1), ranking.errors(5));
  }
}
