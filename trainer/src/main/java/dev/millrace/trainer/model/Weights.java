package dev.millrace.trainer.model;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignVariableOp;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;

/** The named variables of a graph: what a checkpoint holds. */
final class Weights {
  static final String MOMENTUM = "/momentum";

  private final Ops tf;
  private final long seed;
  private final Map<String, Variable> variables = new LinkedHashMap<>();
  private final Map<String, Variable> momenta = new LinkedHashMap<>();

  Weights(Ops tf, long seed) {
    this.tf = tf;
    this.seed = seed;
  }

  /** The variable of that name; the first call makes it, with a slot for its momentum beside it. */
  Variable variable(String name, InitialValue initialValue, long... shape) {
    Variable known = variables.get(name);
    if (known != null) {
      return known;
    }
    Operand<TFloat32> initial = initial(initialValue, shape);
    Variable variable = create(name, initial, shape);
    variables.put(name, variable);
    Operand<TFloat32> zeros = initial(InitialValue.constant(0), shape);
    momenta.put(name, create(name + MOMENTUM, zeros, shape));
    return variable;
  }

  /** The momentum that belongs to {@code variable}. */
  Variable momentum(Variable variable) {
    Variable momentum = momenta.get(variable.name());
    if (momentum == null) {
      throw new IllegalStateException("No momentum for " + variable.name());
    }
    return momentum;
  }

  /** The weights and biases, in the order of the layers, without momenta. */
  Collection<Variable> trained() {
    return variables.values();
  }

  /** All variables by name, each weight followed by its momentum. */
  Map<String, Variable> all() {
    Map<String, Variable> all = new LinkedHashMap<>();
    for (Variable variable : variables.values()) {
      all.put(variable.name(), variable);
      Variable momentum = momentum(variable);
      all.put(momentum.name(), momentum);
    }
    return all;
  }

  private Operand<TFloat32> initial(InitialValue value, long[] shape) {
    Operand<TFloat32> constant = tf.constant(value.constant());
    if (value.standardDeviation() == 0) {
      return tf.fill(tf.constant(shape), constant);
    }
    long key = RandomKey.initialValue(variables.size());
    Operand<TFloat32> normal =
        tf.random.statelessRandomNormal(tf.constant(shape), tf.array(seed, key));
    return tf.math.mul(normal, tf.constant(value.standardDeviation()));
  }

  private Variable create(String name, Operand<TFloat32> initial, long[] shape) {
    Shape size = Shape.of(shape);
    VarHandleOp handle = tf.varHandleOp(TFloat32.class, size, VarHandleOp.sharedName(name));
    Operand<TFloat32> read = tf.readVariableOp(handle, TFloat32.class);
    AssignVariableOp initialize = tf.assignVariableOp(handle, initial);
    Placeholder<TFloat32> restored = tf.placeholder(TFloat32.class, Placeholder.shape(size));
    AssignVariableOp restore = tf.assignVariableOp(handle, restored);
    return new Variable(name, shape, handle, read, initialize.op(), restored, restore.op());
  }
}
