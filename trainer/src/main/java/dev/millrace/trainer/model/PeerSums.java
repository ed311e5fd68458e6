package dev.millrace.trainer.model;

import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/** The graph that adds a few numbers up over all peers. */
record PeerSums(Placeholder<TFloat64> own, Operand<TFloat64> sums) {
  static PeerSums build(Ops host, AllReduce allReduce) {
    Placeholder<TFloat64> own =
        host.placeholder(TFloat64.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
    return new PeerSums(own, allReduce.sum(host, own));
  }

  double[] of(GraphRun run, double... values) {
    try (TFloat64 fed = TFloat64.vectorOf(values);
        Result result = run.feed(own, fed).fetch(sums).run()) {
      TFloat64 summed = (TFloat64) result.get(0);
      double[] all = new double[values.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = summed.getDouble(i);
      }
      return all;
    }
  }
}
