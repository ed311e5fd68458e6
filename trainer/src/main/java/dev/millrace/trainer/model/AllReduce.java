package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * Sums over all peers, which each of them gets. TensorFlow adds in one order wherever the sum is
 * used, so that all get the same bits. Every peer must make the same sums in the same order: what
 * belongs together is known by its number.
 */
final class AllReduce {
  /** Large tensors go faster in pieces, which are sent while others are added. */
  private static final long PIECE = 1 << 20;

  private final Peers peers;
  private final Map<String, Integer> groups = new LinkedHashMap<>();
  private int made;

  AllReduce(Peers peers) {
    this.peers = peers;
  }

  /**
   * The sum of all peers' values; the value itself where there are no others.
   *
   * @param at makes operations on the device where the value is
   */
  <T extends TNumber> Operand<T> sum(Ops at, Operand<T> own) {
    if (peers.alone()) {
      return own;
    }
    return reduced(at, own);
  }

  /**
   * The same for a gradient, in pieces where it is large.
   *
   * @param of the variable that it is the gradient of, which tells the shape
   */
  Operand<TFloat32> sum(Variable of, Operand<TFloat32> gradient) {
    Shape shape = of.read().shape();
    long pieces = Math.ceilDiv(shape.size(), PIECE);
    if (peers.alone() || pieces < 2) {
      return sum(of.tf(), gradient);
    }
    Ops at = of.tf();
    long[] sizes = new long[Math.toIntExact(pieces)];
    Arrays.fill(sizes, PIECE);
    sizes[sizes.length - 1] = shape.size() - PIECE * (pieces - 1);
    Operand<TFloat32> flat = at.reshape(gradient, at.constant(new long[] {shape.size()}));
    List<Operand<TFloat32>> sums = new ArrayList<>();
    for (Output<TFloat32> piece :
        at.splitV(flat, at.constant(sizes), at.constant(0), pieces).output()) {
      sums.add(reduced(at, piece));
    }
    return at.reshape(at.concat(sums, at.constant(0)), at.constant(shape.asArray()));
  }

  private <T extends TNumber> Operand<T> reduced(Ops at, Operand<T> own) {
    // A group has one device of each peer.
    int group = groups.computeIfAbsent(at.scope().getDeviceString(), _ -> groups.size() + 1);
    String name = "all_reduce" + made++;
    Operation reduce =
        at.scope()
            .opBuilder("CollectiveReduceV2", name)
            .addInput(own.asOutput())
            .addInput(at.constant(peers.count()).asOutput())
            .addInput(at.constant(group).asOutput())
            .addInput(at.constant(made).asOutput())
            .addInputList(new Output<?>[0]) // tokens of order, which only other transports need
            .setAttr("merge_op", "Add")
            .setAttr("final_op", "Id")
            .build();
    return reduce.output(0);
  }
}
