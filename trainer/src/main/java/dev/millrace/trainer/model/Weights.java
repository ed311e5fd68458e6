package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.AssignVariableOp;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;

/**
 * The variables of a graph by the names that a checkpoint holds. Where a network is divided among
 * columns, a variable has a part in each, on that column's device: the last dimension, which counts
 * a layer's filters or units, is cut.
 */
final class Weights {
  static final String MOMENTUM = "/momentum";

  private final Ops tf;
  private final long seed;
  private final Map<String, List<Variable>> parts = new LinkedHashMap<>();
  private final Map<String, long[]> shapes = new HashMap<>();
  private final Map<Variable, Variable> momenta = new HashMap<>();

  /**
   * @param tf makes the operations that put parts together
   */
  Weights(Ops tf, long seed) {
    this.tf = tf;
    this.seed = seed;
  }

  /**
   * A column's part of the variable of that name. The first call makes it, with a slot for its
   * momentum beside it; parts are made first to last.
   *
   * @param at makes operations on the column's device
   * @param shape of the part
   */
  Variable variable(Ops at, Share share, String name, InitialValue initialValue, long... shape) {
    List<Variable> known = parts.computeIfAbsent(name, _ -> new ArrayList<>());
    if (share.index() < known.size()) {
      return known.get(share.index());
    }
    long[] whole = shape.clone();
    whole[whole.length - 1] *= share.count();
    shapes.put(name, whole);
    int ordinal = List.copyOf(parts.keySet()).indexOf(name);
    Operand<TFloat32> initial = initial(at, initialValue, ordinal, share, shape);
    String partName = share.count() == 1 ? name : name + "/column" + share.index();
    Variable variable = create(at, partName, initial, shape);
    Operand<TFloat32> zeros = at.fill(at.constant(shape), at.constant(0f));
    momenta.put(variable, create(at, partName + MOMENTUM, zeros, shape));
    known.add(variable);
    return variable;
  }

  /** The momentum that belongs to {@code variable}. */
  Variable momentum(Variable variable) {
    Variable momentum = momenta.get(variable);
    if (momentum == null) {
      throw new IllegalStateException("No momentum for " + variable);
    }
    return momentum;
  }

  /** Number of weights and biases, without momenta. */
  long parameters() {
    return shapes.values().stream().mapToLong(shape -> Shape.of(shape).size()).sum();
  }

  /**
   * All variables by name, in the order of the layers, each weight followed by its momentum. Makes
   * operations: for one call, when all variables are there.
   */
  Map<String, NamedVariable> named() {
    Map<String, NamedVariable> named = new LinkedHashMap<>();
    parts.forEach((name, variables) -> {
      long[] shape = shapes.getOrDefault(name, new long[0]);
      named.put(name, named(name, shape, variables));
      String momentum = name + MOMENTUM;
      named.put(momentum, named(momentum, shape, variables.stream().map(this::momentum).toList()));
    });
    return named;
  }

  private NamedVariable named(String name, long[] shape, List<Variable> variables) {
    Placeholder<TFloat32> restored =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
    if (variables.size() == 1) {
      Variable only = variables.getFirst();
      Operation restore = only.tf().assignVariableOp(only.handle(), restored).op();
      return new NamedVariable(name, shape, only.read(), only.initialize(), restored, restore);
    }
    List<Operand<TFloat32>> values =
        List.copyOf(tf.split(tf.constant(-1), restored, (long) variables.size()).output());
    List<Operation> restores = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Variable part = variables.get(i);
      restores.add(part.tf().assignVariableOp(part.handle(), values.get(i)).op());
    }
    return new NamedVariable(
        name,
        shape,
        tf.concat(variables.stream().map(Variable::read).toList(), tf.constant(-1)),
        all(variables.stream().map(Variable::initialize).toList()),
        restored,
        all(restores));
  }

  private Operation all(List<Operation> operations) {
    return tf.withControlDependencyOps(operations).noOp().op();
  }

  private Operand<TFloat32> initial(
      Ops at, InitialValue value, int ordinal, Share share, long[] shape) {
    if (value.standardDeviation() == 0) {
      return at.fill(at.constant(shape), at.constant(value.constant()));
    }
    long[] whole = shape.clone();
    whole[whole.length - 1] *= share.count();
    long key = RandomKey.initialValue(ordinal);
    Operand<TFloat32> normal =
        at.math.mul(
            at.random.statelessRandomNormal(at.constant(whole), at.array(seed, key)),
            at.constant(value.standardDeviation()));
    if (share.count() == 1) {
      return normal;
    }
    long[] begin = new long[shape.length];
    begin[begin.length - 1] = share.index() * shape[shape.length - 1];
    return at.slice(normal, at.constant(begin), at.constant(shape));
  }

  private static Variable create(Ops at, String name, Operand<TFloat32> initial, long[] shape) {
    VarHandleOp handle =
        at.varHandleOp(TFloat32.class, Shape.of(shape), VarHandleOp.sharedName(name));
    Operand<TFloat32> read = at.readVariableOp(handle, TFloat32.class);
    AssignVariableOp initialize = at.assignVariableOp(handle, initial);
    return new Variable(at, handle, read, initialize.op());
  }
}
