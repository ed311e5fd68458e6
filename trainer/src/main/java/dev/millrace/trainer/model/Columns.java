package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The columns of a forward pass, each on its device (section 3.2 and figure 2 of the paper): values
 * pass from one to the other only where {@link #joined} is called. Where the network is not
 * divided, there is one column and nothing to join.
 */
final class Columns {
  private final List<Layers> columns;

  Columns(List<Layers> columns) {
    this.columns = List.copyOf(columns);
  }

  int count() {
    return columns.size();
  }

  Layers first() {
    return columns.getFirst();
  }

  /** The same layers in every column, each on its own values. */
  List<Operand<TFloat32>> each(
      List<Operand<TFloat32>> x, BiFunction<Layers, Operand<TFloat32>, Operand<TFloat32>> layers) {
    List<Operand<TFloat32>> y = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      y.add(layers.apply(columns.get(i), x.get(i)));
    }
    return y;
  }

  /**
   * All columns' channels, first column first, in every column: for a layer that reads them all.
   *
   * @param layer the layer's name
   */
  List<Operand<TFloat32>> joined(String layer, List<Operand<TFloat32>> x) {
    if (columns.size() == 1) {
      return x;
    }
    end(layer, x);
    List<Operand<TFloat32>> joined = new ArrayList<>();
    columns.forEach(column -> joined.add(read(layer, column, x)));
    return joined;
  }

  /** As {@link #joined}, but in the first column alone: the other one ends here. */
  Operand<TFloat32> joinedInFirst(String layer, List<Operand<TFloat32>> x) {
    if (columns.size() == 1) {
      return x.getFirst();
    }
    end(layer, x);
    return read(layer, first(), x);
  }

  private void end(String layer, List<Operand<TFloat32>> x) {
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).endShared(x.get(i), layer);
    }
  }

  private static Operand<TFloat32> read(String layer, Layers column, List<Operand<TFloat32>> x) {
    Ops tf = column.tf().withSubScope(layer);
    List<Tape.Input> inputs = new ArrayList<>();
    x.forEach(source -> inputs.add(new Tape.Input(source, tf.withName("read").identity(source))));
    column.begin(inputs);
    List<Operand<TFloat32>> local = inputs.stream().map(Tape.Input::local).toList();
    return tf.concat(local, tf.constant(-1));
  }
}
