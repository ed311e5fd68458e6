package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The update rule of section 5: {@code v <- momentum * v - weightDecay * rate * w - rate *
 * gradient}, then {@code w <- w + v}, for weights and biases alike.
 */
final class MomentumUpdate {
  private final Ops tf;
  private final float momentum;
  private final float weightDecay;

  MomentumUpdate(Ops tf, float momentum, float weightDecay) {
    this.tf = tf;
    this.momentum = momentum;
    this.weightDecay = weightDecay;
  }

  /**
   * One operation that updates all variables, each on its device, after all {@code gradients} are
   * known.
   */
  Operation of(
      Weights weights, Map<Variable, Operand<TFloat32>> gradients, Operand<TFloat32> rate) {
    List<Operation> known = gradients.values().stream().map(Operand::op).toList();
    List<Operation> updates = new ArrayList<>();
    gradients.forEach((variable, gradient) -> {
      Ops after = variable.tf().withControlDependencyOps(known);
      Operand<TFloat32> decay = after.math.mul(variable.read(), after.constant(weightDecay));
      updates.add(
          after
              .train
              .resourceApplyKerasMomentum(
                  variable.handle(),
                  weights.momentum(variable).handle(),
                  rate,
                  after.math.add(gradient, decay),
                  after.constant(momentum))
              .op());
    });
    return tf.withControlDependencyOps(updates).noOp().op();
  }
}
