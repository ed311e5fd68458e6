package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TFloating;

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
  <T extends TFloating> List<Operand<TFloating>> each(
      List<Operand<T>> x, BiFunction<Layers, Operand<T>, Operand<TFloating>> layers) {
    List<Operand<TFloating>> y = new ArrayList<>();
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
  List<Operand<TFloating>> joined(String layer, List<Operand<TFloating>> x) {
    if (columns.size() == 1) {
      return x;
    }
    end(layer, x);
    List<Operand<TFloating>> joined = new ArrayList<>();
    columns.forEach(column -> joined.add(read(layer, column, x)));
    return joined;
  }

  /** As {@link #joined}, but in the first column alone: the other one ends here. */
  Operand<TFloating> joinedInFirst(String layer, List<Operand<TFloating>> x) {
    if (columns.size() == 1) {
      return x.getFirst();
    }
    end(layer, x);
    return read(layer, first(), x);
  }

  private void end(String layer, List<Operand<TFloating>> x) {
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).endShared(x.get(i), layer);
    }
  }

  private static Operand<TFloating> read(String layer, Layers column, List<Operand<TFloating>> x) {
    Ops tf = column.tf().withSubScope(layer);
    List<Tape.Input> inputs = new ArrayList<>();
    List<Operand<TFloating>> local = new ArrayList<>();
    for (Operand<TFloating> source : x) {
      Operand<TFloating> read = tf.withName("read").identity(source);
      inputs.add(new Tape.Input(source, read));
      local.add(read);
    }
    column.begin(inputs);
    return tf.concat(local, tf.constant(-1));
  }
}
