package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The paper's two columns on two devices, against the same network on one. */
class ColumnsTest {
  private static final int IMAGES = 6;
  private static final Placement COLUMNS = new Placement(true, 1, true);

  @Test
  void shouldTrainAsTheNetworkOnOneDeviceDoes() {
    AlexNet network = network();
    try (TrainingSession one = TrainingSession.open(TinyNetworks.options(network));
        TrainingSession two = open(network);
        MinibatchBuffer buffer = one.buffer(IMAGES, 64, 64)) {
      assertThat(TinyNetworks.hex(TinyNetworks.weights(two)))
          .isEqualTo(TinyNetworks.hex(TinyNetworks.weights(one)));
      TinyNetworks.enliven(one, 6);
      two.restore(TinyNetworks.weights(one));
      Map<String, ByteBuffer> before = TinyNetworks.weights(two);
      assertThat(TinyNetworks.hex(before)).isEqualTo(TinyNetworks.hex(TinyNetworks.weights(one)));

      for (int step = 0; step < 6; step++) {
        TinyNetworks.fill(buffer, step);
        StepResult expected = one.train(buffer, IMAGES, step, 0.001f);
        StepResult actual = two.train(buffer, IMAGES, step, 0.001f);
        assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-5f * expected.loss()));
        assertThat(actual.gradientNorm())
            .isCloseTo(expected.gradientNorm(), within(1e-4f * expected.gradientNorm()));
        assertThat(actual.top1Errors()).isEqualTo(expected.top1Errors());
      }

      Distance.assertMovedAlike(before, TinyNetworks.weights(one), TinyNetworks.weights(two), 1e-4);
    }
  }

  @Test
  void shouldEvaluateAsTheNetworkOnOneDeviceDoes() {
    AlexNet network = network();
    try (TrainingSession one = TrainingSession.open(TinyNetworks.options(network));
        TrainingSession two = open(network);
        MinibatchBuffer buffer = TinyNetworks.filled(one, IMAGES, 72, 4)) {
      TinyNetworks.enliven(one, 6);
      two.restore(TinyNetworks.weights(one));

      EvaluationResult expected = one.evaluate(buffer, IMAGES);
      EvaluationResult actual = two.evaluate(buffer, IMAGES);

      assertThat(actual.lossSum()).isCloseTo(expected.lossSum(), within(1e-4));
      assertThat(actual.top1Errors()).isEqualTo(expected.top1Errors());
    }
  }

  @Test
  void shouldContinueBitForBitAfterRestore() {
    AlexNet network = network();
    try (TrainingSession straight = open(network);
        TrainingSession resumed = open(network);
        MinibatchBuffer buffer = TinyNetworks.filled(straight, IMAGES, 64, 1)) {
      straight.train(buffer, IMAGES, 0, 0.01f);
      Map<String, ByteBuffer> checkpoint = TinyNetworks.weights(straight);
      straight.train(buffer, IMAGES, 1, 0.01f);

      resumed.restore(checkpoint);
      resumed.train(buffer, IMAGES, 1, 0.01f);

      assertThat(TinyNetworks.hex(TinyNetworks.weights(resumed)))
          .isEqualTo(TinyNetworks.hex(TinyNetworks.weights(straight)));
      assertThat(straight.environment()).containsEntry("devices", "2 columns");
    }
  }

  @Test
  void shouldExchangeValuesOnlyWhereThePaperSays() {
    try (TrainingSession session = open(network())) {
      GraphPlaces places = new GraphPlaces(session.definition());

      // Forward: who reads the other column. Backward: what its gradient is added to.
      assertThat(crossings(places, "read"))
          .containsExactlyInAnyOrder(
              "column0/conv3",
              "column1/conv3",
              "column0/fc6",
              "column1/fc6",
              "column0/fc7",
              "column1/fc7",
              "column0/fc8");
      assertThat(crossings(places, "gradient"))
          .containsExactlyInAnyOrder(
              "column0/conv3",
              "column1/conv3",
              "column0/fc6",
              "column1/fc6",
              "column0/fc7",
              "column1/fc7",
              "column1/fc8");
    }
  }

  /** Layers in whose node of that name a value of the other column arrives; no other may. */
  private static Set<String> crossings(GraphPlaces places, String node) {
    Set<String> layers = new TreeSet<>();
    places
        .crossings()
        .forEach(edge -> {
          String name = edge.to().getName();
          assertThat(name)
              .as(edge.toString())
              .matches("column[01](_\\d+)?/(conv3|fc6|fc7|fc8)(_\\d+)?/(read|gradient)(_\\d+)?");
          if (name.contains("/" + node)) {
            layers.add(
                name.replaceFirst("_\\d+/", "/").replaceFirst("(_\\d+)?/(read|gradient).*", ""));
          }
        });
    return layers;
  }

  @Test
  void shouldPutForwardAndBackwardOfEachColumnOnItsDevice() {
    try (TrainingSession session = open(network())) {
      GraphPlaces places = new GraphPlaces(session.definition());
      for (int column = 0; column < 2; column++) {
        List<String> operations =
            places.operationsOn(
                "/device:CPU:" + column, "column%d/|tower0_gradients".formatted(column));

        assertThat(operations).filteredOn("Conv2D"::equals).hasSize(5);
        assertThat(operations).filteredOn("Conv2DBackpropFilter"::equals).hasSize(5);
        assertThat(operations)
            .filteredOn("Conv2DBackpropInput"::equals)
            .hasSize(5); // conv1's is not run
        assertThat(operations).filteredOn("Rsqrt"::equals).hasSize(2); // of the normalizations
        assertThat(operations).filteredOn("Square"::equals).hasSize(4); // forward and backward
        assertThat(operations).filteredOn("MaxPoolGrad"::equals).hasSize(3);
        assertThat(operations)
            .filteredOn("ResourceApplyKerasMomentum"::equals)
            .hasSize(column == 0 ? 16 : 14); // fc8 stands in the first
      }
      assertThat(places.withoutDevice()).isEmpty();
    }
  }

  @Test
  void shouldRefuseColumnsWhereTheyCannotBe() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TinyNetworks.options(TinyNetworks.cifarQuick(), COLUMNS))
        .withMessageContaining(
            "columns needs a network that has two (alexnet), found cifar10-quick");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TinyNetworks.options(network(), new Placement(true, 2, true)))
        .withMessageContaining("columns and towers exclude each other");
    SessionOptions notVirtual = TinyNetworks.options(network(), new Placement(true, 1, false));
    assertThatThrownBy(() -> TrainingSession.open(notVirtual))
        .isInstanceOf(DeviceUnavailableException.class)
        .hasMessageContaining("Cannot train in 2 columns")
        .hasMessageContaining("--virtual-devices");
  }

  private static TrainingSession open(AlexNet network) {
    return TrainingSession.open(TinyNetworks.options(network, COLUMNS));
  }

  /** With an alpha so large that a normalization over both columns would give other values. */
  private static AlexNet network() {
    AlexNet.Sizes sizes = new AlexNet.Sizes(64, 72, 16, 16, 16, 16, 32);
    return new AlexNet(sizes, new LocalResponse(2, 2f, 1e-2f, 0.75f));
  }
}
