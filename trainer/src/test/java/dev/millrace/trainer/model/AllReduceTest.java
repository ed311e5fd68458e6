package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

class AllReduceTest {
  private static final int ROWS = 1_100; // in all two pieces and a part
  private static final int COLUMNS = 2_000;

  @Test
  void shouldSumAGradientOfSeveralPiecesElementByElement() throws Exception {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        addresses.add("localhost:" + socket.getLocalPort());
      }
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<?> first = threads.submit(() -> check(new Peers(addresses, 0)));
      Future<?> second = threads.submit(() -> check(new Peers(addresses, 1)));
      first.get();
      second.get();
    }
  }

  // Peer 0 has 0, 1, 2, ... and peer 1 has twice that.
  private static void check(Peers peers) {
    Devices devices = new Devices(false, 1, peers);
    try (Graph graph = new Graph()) {
      Ops tf = devices.onHost(Ops.create(graph), "test");
      Variable variable =
          new Weights(tf, 1)
              .variable(tf, new Share(0, 1), "large", InitialValue.constant(0), ROWS, COLUMNS);
      Operand<TFloat32> gradient =
          tf.reshape(
              tf.math.mul(
                  tf.range(tf.constant(0f), tf.constant((float) ROWS * COLUMNS), tf.constant(1f)),
                  tf.constant(peers.rank() + 1f)),
              tf.array(ROWS, COLUMNS));
      Operand<TFloat32> sum = new AllReduce(peers).sum(variable, gradient);
      try (Graph placed = devices.placed(graph);
          Session session = PeerServer.start(peers, ConfigProto.getDefaultInstance()).open(placed);
          Result result = new GraphRun(session).fetch(sum).run()) {
        TFloat32 sums = (TFloat32) result.get(0);
        assertThat(sums.shape()).isEqualTo(Shape.of(ROWS, COLUMNS));
        for (int row = 0; row < ROWS; row++) {
          for (int column = 0; column < COLUMNS; column += 37) {
            assertThat(sums.getFloat(row, column)).isEqualTo(3f * (row * COLUMNS + column));
          }
        }
      }
    }
  }
}
