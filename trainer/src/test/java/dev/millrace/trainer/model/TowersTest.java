package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of a minibatch on several devices, against the whole minibatch on one. */
class TowersTest {
  private static final int ROOM = 8;

  /** Uneven parts, and in the end minibatches that leave a tower one image or none. */
  private static final int[] MINIBATCHES = {8, 7, 8, 5, 2, 1};

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void shouldStepAsOneDeviceDoesOverTheJointMinibatch(int towers) {
    AlexNet network = network();
    try (TrainingSession one = TrainingSession.open(TinyNetworks.options(network));
        TrainingSession divided = open(network, towers);
        MinibatchBuffer buffer = one.buffer(ROOM, 64, 64)) {
      TinyNetworks.enliven(one, 6);
      Map<String, ByteBuffer> before = TinyNetworks.weights(one);
      divided.restore(before);

      for (int step = 0; step < MINIBATCHES.length; step++) {
        TinyNetworks.fill(buffer, step);
        StepResult expected = one.train(buffer, MINIBATCHES[step], step, 0.001f);
        StepResult actual = divided.train(buffer, MINIBATCHES[step], step, 0.001f);
        assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-5f * expected.loss()));
        assertThat(actual.gradientNorm())
            .isCloseTo(expected.gradientNorm(), within(1e-4f * expected.gradientNorm()));
        assertThat(actual.top1Errors()).isEqualTo(expected.top1Errors());
        assertThat(actual.top5Errors()).isEqualTo(expected.top5Errors());
      }

      Distance.assertMovedAlike(
          before, TinyNetworks.weights(one), TinyNetworks.weights(divided), 1e-4);
    }
  }

  @Test
  void shouldDropTheSameUnitsOfTheSameImages() {
    AlexNet network = network();
    try (TrainingSession one = TrainingSession.open(TinyNetworks.options(network));
        TrainingSession divided = open(network, 2);
        MinibatchBuffer buffer = TinyNetworks.filled(one, ROOM, 64, 5)) {
      TinyNetworks.enliven(one, 6);
      divided.restore(TinyNetworks.weights(one));
      float first = one.train(buffer, ROOM, 0, 0).loss();

      assertThat(divided.train(buffer, ROOM, 0, 0).loss()).isCloseTo(first, within(1e-5f * first));
      for (int step = 1; step < 5; step++) { // other units, another loss
        assertThat(divided.train(buffer, ROOM, step, 0).loss())
            .isNotCloseTo(first, within(1e-3f * first));
      }
    }
  }

  @Test
  void shouldEvaluateAndContinueBitForBitAfterRestore() {
    AlexNet network = network();
    try (TrainingSession straight = open(network, 2);
        TrainingSession resumed = open(network, 2);
        MinibatchBuffer stored = TinyNetworks.filled(straight, ROOM, 72, 3);
        MinibatchBuffer buffer = TinyNetworks.filled(straight, ROOM, 64, 1)) {
      straight.train(buffer, 7, 0, 0.01f);
      Map<String, ByteBuffer> checkpoint = TinyNetworks.weights(straight);
      straight.train(buffer, 7, 1, 0.01f);

      resumed.restore(checkpoint);
      resumed.train(buffer, 7, 1, 0.01f);

      assertThat(TinyNetworks.hex(TinyNetworks.weights(resumed)))
          .isEqualTo(TinyNetworks.hex(TinyNetworks.weights(straight)));
      assertThat(resumed.evaluate(stored, ROOM)).isEqualTo(straight.evaluate(stored, ROOM));
      assertThat(straight.environment()).containsEntry("devices", "2 towers");
    }
  }

  @Test
  void shouldPutForwardAndBackwardOfEachTowerOnItsDevice() {
    try (TrainingSession session = open(network(), 2)) {
      GraphPlaces places = new GraphPlaces(session.definition());
      for (int tower = 0; tower < 2; tower++) {
        String device = "/device:CPU:" + tower;
        List<String> forward = places.operationsOn(device, "tower%d/".formatted(tower));
        List<String> backward = places.operationsOn(device, "tower%d_gradients".formatted(tower));

        assertThat(forward).filteredOn("Conv2D"::equals).hasSize(8);
        assertThat(forward).filteredOn("Rsqrt"::equals).hasSize(2); // of the normalizations
        assertThat(forward).filteredOn("MatMul"::equals).hasSize(3 + 2 * 2); // both ways in them
        assertThat(backward).filteredOn("Conv2DBackpropFilter"::equals).hasSize(8);
        assertThat(backward).filteredOn("MatMul"::equals).hasSize(6);
        assertThat(places.operationsOn("/device:CPU:" + (1 - tower), "tower" + tower))
            .as("of tower %d elsewhere", tower)
            .isEmpty();
      }
      assertThat(places.withoutDevice()).isEmpty();
    }
  }

  @Test
  void shouldRefuseTowersThatCannotBe() {
    AlexNet network = network();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TinyNetworks.options(network, new Placement(false, 0, false)))
        .withMessageContaining("towers must be from 1 to 64, found 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TinyNetworks.options(network, new Placement(false, 1, true)))
        .withMessageContaining("virtual-devices needs columns or towers");
    assertThatThrownBy(() ->
            TrainingSession.open(TinyNetworks.options(network, new Placement(false, 3, false))))
        .isInstanceOf(DeviceUnavailableException.class)
        .hasMessageContaining("Cannot train in 3 towers");
  }

  private static TrainingSession open(AlexNet network, int towers) {
    return TrainingSession.open(TinyNetworks.options(network, new Placement(false, towers, true)));
  }

  private static AlexNet network() {
    AlexNet.Sizes sizes = new AlexNet.Sizes(64, 72, 8, 8, 8, 8, 32);
    return new AlexNet(sizes, LocalResponse.PAPER);
  }
}
