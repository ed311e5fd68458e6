package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * The backward pass. {@code Graph.addGradients} drops the constants of local response normalization
 * without a word and so gives wrong gradients for all layers before it, it has no gradient for the
 * sparse softmax cross-entropy, and it puts what it adds on no device. So the pass starts from the
 * gradient that the cross-entropy itself puts out, and goes back link by link of the forward pass,
 * each on the link's own device, with the normalization's gradient made by hand.
 */
final class Gradients {
  private final Graph graph;
  private final Devices devices;
  private final String prefix;
  private final Map<Output<?>, List<Operand<TFloating>>> arrived = new HashMap<>();
  private final Map<Variable, Operand<TFloat32>> found = new LinkedHashMap<>();

  /**
   * @param prefix of the names of the operations, another one for each pass
   */
  Gradients(Graph graph, Devices devices, String prefix) {
    this.graph = graph;
    this.devices = devices;
    this.prefix = prefix;
  }

  /**
   * Gradients by all variables of a forward pass.
   *
   * @param logits the output of the tape's last link
   * @param logitsGradient gradient of the loss by {@code logits}
   */
  Map<Variable, Operand<TFloat32>> of(
      Tape tape, Operand<TFloat32> logits, Operand<TFloat32> logitsGradient) {
    arrive(logits, Precision.floating(logitsGradient));
    int ordinal = 0;
    for (Tape.Link link : tape.backwards()) {
      Operand<TFloating> gradient = sum(link);
      switch (link) {
        case Tape.Segment segment -> back(prefix + ordinal++, segment, gradient);
        case Tape.Normalization normalization ->
            arrive(
                normalization.input(),
                Precision.floating(
                    normalization
                        .normalized()
                        .gradient()
                        .apply(Precision.full(normalization.tf(), gradient))));
      }
    }
    return found;
  }

  private void arrive(Operand<? extends TFloating> at, Operand<TFloating> gradient) {
    arrived.computeIfAbsent(at.asOutput(), _ -> new ArrayList<>()).add(gradient);
  }

  /** What has come from all links that read this one's output. */
  private Operand<TFloating> sum(Tape.Link link) {
    List<Operand<TFloating>> gradients = arrived.getOrDefault(link.output().asOutput(), List.of());
    return gradients.size() == 1 && !link.shared()
        ? gradients.getFirst()
        : link.tf().withName("gradient").math.addN(gradients);
  }

  private void back(String name, Tape.Segment segment, Operand<TFloating> gradient) {
    List<Output<?>> by = new ArrayList<>();
    segment.variables().forEach(variable -> by.add(variable.read().asOutput()));
    segment.inputs().forEach(input -> by.add(input.local().asOutput()));
    Output<?>[] ys = {segment.output().asOutput()};
    Output<?>[] dys = {gradient.asOutput()};
    Output<?>[] gradients = graph.addGradients(name, ys, by.toArray(Output<?>[]::new), dys);
    devices.place(name, segment.tf());
    int next = 0;
    for (Variable variable : segment.variables()) {
      found.put(variable, gradients[next++].expect(TFloat32.class));
    }
    for (Tape.Input input : segment.inputs()) {
      arrive(input.source(), Precision.floating(gradients[next++]));
    }
  }
}
