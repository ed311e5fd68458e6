package dev.millrace.trainer.model;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The graph of testing on ten crops (section 4.1 of the paper): what the softmax says of each is
 * averaged. The crops go through the network one after the other, so that it takes no more memory
 * than one of them.
 */
record TenCropGraph(MinibatchInput input, Operand<TInt32> top1Errors, Operand<TInt32> top5Errors) {

  static TenCropGraph build(Ops tf, Weights weights, SessionOptions options) {
    Network network = options.network();
    int size = network.inputSize();
    MinibatchInput input = MinibatchInput.build(tf, network.storedSize());
    Layers layers = Layers.evaluation(tf, weights, options);
    List<View> views = View.ten(network.storedSize(), size);
    Operand<TFloat32> sum = shares(layers, input.images(tf, views.getFirst(), size), options);
    for (View view : views.subList(1, views.size())) {
      Ops next = tf.withControlDependencyOps(List.of(sum.op()));
      sum = tf.math.add(sum, shares(layers, input.images(next, view, size), options));
    }
    // The sum puts the classes in the same order as the mean.
    Ranking ranking = new Ranking(tf, sum, input.labels());
    return new TenCropGraph(input, ranking.errors(1), ranking.errors(5));
  }

  private static Operand<TFloat32> shares(
      Layers layers, Operand<TFloat32> images, SessionOptions options) {
    return layers.tf().nn.softmax(TrainingGraph.logits(layers, images, options));
  }
}
