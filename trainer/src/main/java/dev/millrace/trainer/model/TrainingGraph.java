package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/**
 * The graph of one training step: forward, loss, backward, update. Each tower of each peer takes
 * its part of the minibatch forward and backward; the sum of their gradients, each by the mean loss
 * of the whole minibatch, is the gradient of the step, for every peer the same.
 *
 * @param staging what brings minibatches to the device ahead of their steps; null where steps are
 *     fed
 * @param key the seed and the step, by which units are dropped
 */
record TrainingGraph(
    MinibatchInput input,
    @Nullable Staging staging,
    Placeholder<TInt64> key,
    Placeholder<TFloat32> learningRate,
    Operand<TFloat32> loss,
    Operand<TInt32> top1Errors,
    Operand<TInt32> top5Errors,
    Operand<TFloat32> gradientNorm,
    Operation update) {

  /**
   * @param staged whether minibatches are brought to the device ahead of their steps; with one
   *     device only
   */
  static TrainingGraph build(
      Graph graph,
      Ops tf,
      Weights weights,
      SessionOptions options,
      Devices devices,
      Peers peers,
      AllReduce allReduce,
      boolean staged) {
    Network network = options.network();
    Ops host = devices.onHost(tf, "minibatch");
    int size = network.inputSize();
    MinibatchInput input = MinibatchInput.build(host, size);
    Placeholder<TInt64> key = host.placeholder(TInt64.class);
    Placeholder<TFloat32> rate = host.placeholder(TFloat32.class);
    Staging staging = staged ? staging(tf, devices, input, size) : null;
    List<Classification> towers = new ArrayList<>();
    Map<Variable, List<Operand<TFloat32>>> gradients = new LinkedHashMap<>();
    int own = options.placement().towers();
    List<Rows> parts = input.parts(own * peers.count());
    for (Rows rows : parts.subList(own * peers.rank(), own * (peers.rank() + 1))) {
      Dropout dropout = Dropout.training(options.dropout(), key, rows);
      ForwardPass pass =
          ForwardPass.build(
              devices.ofPass(tf, options.placement(), towers.size()),
              weights,
              dropout,
              staging == null ? images(input, rows, size) : staging.images(),
              options,
              devices.normalizing());
      Classification classification =
          new Classification(
              pass.tf(),
              pass.logits(),
              staging == null ? input.labels(rows) : staging.labels(),
              rows);
      new Gradients(graph, devices, "tower%d_gradients".formatted(towers.size()))
          .of(pass.tape(), pass.logits(), classification.logitsGradient())
          .forEach((variable, gradient) ->
              gradients.computeIfAbsent(variable, _ -> new ArrayList<>()).add(gradient));
      towers.add(classification);
    }
    Map<Variable, Operand<TFloat32>> sums = new LinkedHashMap<>();
    gradients.forEach((variable, addends) ->
        sums.put(variable, allReduce.sum(variable, added(variable.tf(), addends))));
    Ops measures = devices.onHost(tf, "measures");
    MomentumUpdate update = new MomentumUpdate(measures, options.momentum(), options.weightDecay());
    return new TrainingGraph(
        input,
        staging,
        key,
        rate,
        allReduce.sum(measures, sum(measures, towers, Classification::minibatchLoss)),
        allReduce.sum(measures, sum(measures, towers, tower -> tower.errors(1))),
        allReduce.sum(measures, sum(measures, towers, tower -> tower.errors(5))),
        norm(measures, sums),
        update.of(weights, sums, rate));
  }

  private static Staging staging(Ops tf, Devices devices, MinibatchInput input, int size) {
    Rows rows = input.whole();
    return Staging.of(devices.onFirst(tf), images(input, rows, size), input.labels(rows), size);
  }

  private static Operand<TUint8> images(MinibatchInput input, Rows rows, int size) {
    return input.images(rows, View.centre(size, size), size, List.of());
  }

  private static <T extends TNumber> Operand<T> sum(
      Ops tf, List<Classification> towers, Function<Classification, Operand<T>> measure) {
    return added(tf, towers.stream().map(measure).toList());
  }

  private static <T extends TNumber> Operand<T> added(Ops tf, List<Operand<T>> addends) {
    return addends.size() == 1 ? addends.getFirst() : tf.math.addN(addends);
  }

  private static Operand<TFloat32> norm(Ops tf, Map<Variable, Operand<TFloat32>> gradients) {
    List<Operand<TFloat32>> halfSquares = new ArrayList<>();
    gradients.forEach((variable, gradient) -> halfSquares.add(variable.tf().nn.l2Loss(gradient)));
    return tf.math.sqrt(tf.math.mul(tf.math.addN(halfSquares), tf.constant(2f)));
  }
}
