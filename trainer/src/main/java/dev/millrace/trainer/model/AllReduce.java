package dev.millrace.trainer.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Sums over all peers, which each of them gets. TensorFlow adds in one order wherever the sum is
 * used, so that all get the same bits. Every peer must make the same sums in the same order: what
 * belongs together is known by its number.
 */
final class AllReduce {
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
