package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Parts of a minibatch in several TensorFlow servers, against the whole minibatch in one session.
 */
class PeersTest {
  private static final int ROOM = 8;

  /** Uneven parts, and in the end minibatches that leave a peer one image or none. */
  private static final int[] MINIBATCHES = {8, 7, 8, 5, 2, 1};

  /** What one peer has come to. */
  private record Trained(List<StepResult> steps, Map<String, ByteBuffer> weights) {}

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void shouldStepAsOneSessionDoesOverTheJointMinibatch(int count) throws Exception {
    AlexNet network = network();
    Map<String, ByteBuffer> before;
    Trained expected;
    try (TrainingSession alone = TrainingSession.open(TinyNetworks.options(network))) {
      TinyNetworks.enliven(alone, 6);
      before = TinyNetworks.weights(alone);
      expected = train(alone);
    }

    List<Trained> group =
        together(
            count,
            Placement.ONE_DEVICE,
            session -> {
              session.restore(before);
              return train(session);
            });

    for (Trained peer : group) {
      for (int step = 0; step < MINIBATCHES.length; step++) {
        StepResult one = expected.steps().get(step);
        StepResult joint = peer.steps().get(step);
        close(joint, one, StepResult::loss, 1e-5);
        close(joint, one, StepResult::gradientNorm, 1e-4);
        assertThat(joint.top1Errors()).isEqualTo(one.top1Errors());
        assertThat(joint.top5Errors()).isEqualTo(one.top5Errors());
      }
      Distance.assertMovedAlike(before, expected.weights(), peer.weights(), 1e-4);
      assertThat(TinyNetworks.hex(peer.weights()))
          .as("weights, bit for bit, of all peers")
          .isEqualTo(TinyNetworks.hex(group.getFirst().weights()));
    }
  }

  @Test
  void shouldDivideThePartOfAPeerAmongItsTowers() throws Exception {
    AlexNet network = network();
    try (TrainingSession alone = TrainingSession.open(TinyNetworks.options(network))) {
      TinyNetworks.enliven(alone, 6);
      Map<String, ByteBuffer> before = TinyNetworks.weights(alone);
      Trained expected = train(alone);

      List<Trained> group =
          together(
              2,
              new Placement(false, 2, true),
              session -> {
                session.restore(before);
                return train(session);
              });

      Distance.assertMovedAlike(before, expected.weights(), group.getFirst().weights(), 1e-4);
      assertThat(TinyNetworks.hex(group.getLast().weights()))
          .isEqualTo(TinyNetworks.hex(group.getFirst().weights()));
    }
  }

  @Test
  void shouldAddWholeNumbersUpExactly() throws Exception {
    double large = (double) (1L << 52) - 1;
    List<double[]> sums = together(2, Placement.ONE_DEVICE, session -> session.sum(1, large, 0.25));

    assertThat(sums).allSatisfy(sum -> assertThat(sum).containsExactly(2, 2 * large, 0.5));
  }

  @Test
  void shouldBeginWithTheWeightsOfTheSeed() throws Exception {
    try (TrainingSession alone = TrainingSession.open(TinyNetworks.options(network()))) {
      String initial = TinyNetworks.hex(TinyNetworks.weights(alone));

      assertThat(
              together(
                  2,
                  Placement.ONE_DEVICE,
                  session -> TinyNetworks.hex(TinyNetworks.weights(session))))
          .containsExactly(initial, initial);
    }
  }

  @Test
  void shouldRefuseARankThatIsNotThere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Peers(List.of("localhost:1", "localhost:2"), 2))
        .withMessageContaining("from 0 to 1, found 2");
  }

  private static void close(
      StepResult actual, StepResult expected, ToDoubleFunction<StepResult> value, double share) {
    double wanted = value.applyAsDouble(expected);
    assertThat(value.applyAsDouble(actual)).isCloseTo(wanted, within(share * wanted));
  }

  private static Trained train(TrainingSession session) {
    List<StepResult> steps = new ArrayList<>();
    try (MinibatchBuffer buffer = session.buffer(ROOM, 64, 64)) {
      for (int step = 0; step < MINIBATCHES.length; step++) {
        TinyNetworks.fill(buffer, step);
        steps.add(session.train(buffer, MINIBATCHES[step], step, 0.001f));
      }
      return new Trained(steps, TinyNetworks.weights(session));
    }
  }

  private interface Work<T> {
    T of(TrainingSession session) throws Exception;
  }

  /** Lets so many peers do the same; what each has come to, in order of rank. */
  private static <T> List<T> together(int count, Placement placement, Work<T> work)
      throws Exception {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      addresses.add("localhost:" + freePort());
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
      List<Callable<T>> tasks = new ArrayList<>();
      for (int rank = 0; rank < count; rank++) {
        Peers peers = new Peers(addresses, rank);
        tasks.add(() -> {
          try (TrainingSession session =
              TrainingSession.open(TinyNetworks.options(network(), placement), peers)) {
            return work.of(session);
          }
        });
      }
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(tasks)) {
        results.add(result.get());
      }
      return results;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static AlexNet network() {
    AlexNet.Sizes sizes = new AlexNet.Sizes(64, 72, 8, 8, 8, 8, 32);
    return new AlexNet(sizes, LocalResponse.PAPER);
  }
}
