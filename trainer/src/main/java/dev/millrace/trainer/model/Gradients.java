package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.LocalResponseNormalizationGrad;
import org.tensorflow.types.TFloat32;

/**
 * The backward pass. {@code Graph.addGradients} drops the constants of local response normalization
 * without a word and so gives wrong gradients for all layers before it, and it has no gradient for
 * the sparse softmax cross-entropy. So the pass starts from the gradient that the cross-entropy
 * itself puts out, and goes segment by segment, with the normalization's gradient between them made
 * by hand.
 */
final class Gradients {
  private final Graph graph;
  private final Ops tf;

  Gradients(Graph graph, Ops tf) {
    this.graph = graph;
    this.tf = tf;
  }

  /**
   * Gradients by all variables of a forward pass.
   *
   * @param logitsGradient gradient of the loss by {@code logits}
   */
  Map<Variable, Operand<TFloat32>> of(
      List<Segment> segments, Operand<TFloat32> logits, Operand<TFloat32> logitsGradient) {
    Map<Variable, Operand<TFloat32>> gradients = new LinkedHashMap<>();
    Operand<TFloat32> y = logits;
    Operand<TFloat32> gradient = logitsGradient;
    for (int i = segments.size() - 1; i >= 0; i--) {
      Segment segment = segments.get(i);
      Segment.@Nullable Cut cut = segment.start();
      List<Operand<TFloat32>> by = new ArrayList<>();
      segment.variables().forEach(variable -> by.add(variable.read()));
      if (cut != null) {
        by.add(cut.output());
      }
      List<Operand<TFloat32>> found = back("gradients" + i, y, by, gradient);
      for (int v = 0; v < segment.variables().size(); v++) {
        gradients.put(segment.variables().get(v), found.get(v));
      }
      if (cut != null) {
        gradient = throughNormalization(found.getLast(), cut);
        y = cut.input();
      }
    }
    return gradients;
  }

  private List<Operand<TFloat32>> back(
      String prefix, Operand<TFloat32> y, List<Operand<TFloat32>> by, Operand<TFloat32> gradient) {
    Output<?>[] xs = by.stream().map(Operand::asOutput).toArray(Output<?>[]::new);
    Output<?>[] ys = {y.asOutput()};
    Output<?>[] dys = {gradient.asOutput()};
    List<Operand<TFloat32>> found = new ArrayList<>();
    for (Output<?> output : graph.addGradients(prefix, ys, xs, dys)) {
      found.add(output.expect(TFloat32.class));
    }
    return found;
  }

  /** Gradient by what goes into a normalization, from that by what comes out of it. */
  Operand<TFloat32> throughNormalization(Operand<TFloat32> gradient, Segment.Cut cut) {
    return LocalResponseNormalizationGrad.create(
        tf.scope(),
        gradient,
        cut.input(),
        cut.output(),
        LocalResponseNormalizationGrad.depthRadius(cut.constants().depthRadius()),
        LocalResponseNormalizationGrad.bias(cut.constants().bias()),
        LocalResponseNormalizationGrad.alpha(cut.constants().alpha()),
        LocalResponseNormalizationGrad.beta(cut.constants().beta()));
  }
}
