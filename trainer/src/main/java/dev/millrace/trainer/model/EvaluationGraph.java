package dev.millrace.trainer.model;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/** The graph of an evaluation: the centre of the stored images, forward only. */
record EvaluationGraph(
    MinibatchInput input,
    Operand<TFloat32> logits,
    Operand<TFloat64> lossSum,
    Operand<TInt32> top1Errors,
    Operand<TInt32> top5Errors) {

  static EvaluationGraph build(Ops tf, Weights weights, SessionOptions options) {
    Network network = options.network();
    MinibatchInput input = MinibatchInput.build(tf, network.storedSize(), network.inputSize());
    Layers layers = Layers.evaluation(tf, weights, options);
    Operand<TFloat32> logits = TrainingGraph.logits(layers, input.images(), options);
    Classification classification = new Classification(tf, logits, input.labels());
    Operand<TFloat64> losses = tf.dtypes.cast(classification.losses(), TFloat64.class);
    return new EvaluationGraph(
        input,
        logits,
        tf.sum(losses, tf.array(0)),
        classification.errors(1),
        classification.errors(5));
  }
}
