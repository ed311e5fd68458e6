package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * The graph of an evaluation: the centre of the stored images, forward only, in both columns or on
 * the first tower's device.
 */
record EvaluationGraph(
    MinibatchInput input,
    Operand<TFloat64> lossSum,
    Operand<TInt32> top1Errors,
    Operand<TInt32> top5Errors) {

  static EvaluationGraph build(Ops tf, Weights weights, SessionOptions options, Devices devices) {
    Network network = options.network();
    Ops host = devices.onHost(tf, "validation");
    int size = network.inputSize();
    MinibatchInput input = MinibatchInput.build(host, network.storedSize());
    Rows rows = input.whole();
    View centre = View.centre(network.storedSize(), size);
    ForwardPass pass =
        ForwardPass.build(
            devices.ofPass(tf, options.placement(), 0),
            weights,
            Dropout.evaluation(options.dropout()),
            input.images(rows, centre, size, List.of()),
            options,
            devices.normalizing());
    Ops at = pass.tf();
    Classification classification = new Classification(at, pass.logits(), input.labels(rows), rows);
    Operand<TFloat64> losses = at.dtypes.cast(classification.losses(), TFloat64.class);
    return new EvaluationGraph(
        input, at.sum(losses, at.array(0)), classification.errors(1), classification.errors(5));
  }
}
