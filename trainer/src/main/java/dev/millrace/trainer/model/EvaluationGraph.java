package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/**
 * The graph of an evaluation: the centre of the stored images, forward only, in both columns or on
 * the first tower's device.
 *
 * @param ofLabels probability of each image's own class: [images, 1]
 * @param likeliest probabilities and indexes of each image's likeliest classes: [images, 5], or
 *     fewer where there are fewer classes
 */
record EvaluationGraph(
    MinibatchInput input,
    Operand<TFloat64> lossSum,
    Operand<TInt32> top1Errors,
    Operand<TInt32> top5Errors,
    Operand<TFloat32> ofLabels,
    TopK<TFloat32, TInt32> likeliest) {

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
    Operand<TFloat32> probabilities = at.nn.softmax(pass.logits());
    int told = Math.min(Predictions.MOST, options.classes());
    return new EvaluationGraph(
        input,
        at.sum(losses, at.array(0)),
        classification.errors(1),
        classification.errors(5),
        new Ranking(at, probabilities, input.labels(rows)).ofLabels(),
        at.nn.topK(probabilities, at.constant(told), new TopK.Options[0]));
  }
}
