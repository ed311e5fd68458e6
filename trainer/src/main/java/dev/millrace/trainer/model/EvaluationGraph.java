package dev.millrace.trainer.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/** The graph of an evaluation: the centre of the stored images, forward only. */
record EvaluationGraph(
    MinibatchInput input,
    Operand<TFloat64> lossSum,
    Operand<TInt32> top1Errors,
    Operand<TInt32> top5Errors) {

  static EvaluationGraph build(Ops tf, Weights weights, SessionOptions options) {
    Network network = options.network();
    int size = network.inputSize();
    MinibatchInput input = MinibatchInput.build(tf, network.storedSize());
    Layers layers = Layers.evaluation(tf, weights, options);
    View centre = View.centre(network.storedSize(), size);
    Operand<TFloat32> logits =
        TrainingGraph.logits(layers, input.images(tf, centre, size), options);
    Classification classification = new Classification(tf, logits, input.labels());
    Operand<TFloat64> losses = tf.dtypes.cast(classification.losses(), TFloat64.class);
    return new EvaluationGraph(
        input, tf.sum(losses, tf.array(0)), classification.errors(1), classification.errors(5));
  }
}
