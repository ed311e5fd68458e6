package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

class PrecisionTest {
  private static final int IMAGES = 8;

  static Stream<Network> networks() {
    return Stream.of(
        TinyNetworks.alexNet(1e-4f),
        TinyNetworks.alexNetOwt(),
        TinyNetworks.cifar10(),
        TinyNetworks.cifarQuick());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void shouldStepInNearlyTheSameDirection(Network network) {
    Map<String, ByteBuffer> before;
    Map<String, ByteBuffer> wide;
    Map<String, ByteBuffer> narrow;
    StepResult wideStep;
    StepResult narrowStep;
    try (TrainingSession session = open(network, Precision.FLOAT32)) {
      enliven(network, session);
      before = TinyNetworks.weights(session);
      wideStep = step(session, network, 0);
      wide = TinyNetworks.weights(session);
    }
    try (TrainingSession session = open(network, Precision.BFLOAT16)) {
      session.restore(before);
      narrowStep = step(session, network, 0);
      narrow = TinyNetworks.weights(session);
    }

    assertThat(narrowStep.loss()).isCloseTo(wideStep.loss(), within(0.02f * wideStep.loss()));
    assertThat(narrowStep.loss()).isNotEqualTo(wideStep.loss());
    ByteBuffer nothing = ByteBuffer.allocate(0);
    before.forEach((name, from) -> {
      if (name.endsWith("/weights")) {
        ByteBuffer a = wide.getOrDefault(name, nothing);
        ByteBuffer b = narrow.getOrDefault(name, nothing);
        assertThat(cosine(from, a, b))
            .as("cosine of the steps of %s of %s", name, network.name())
            .isGreaterThan(0.98);
      }
    });
  }

  @Test
  void shouldGiveTheSameBitsAgain() {
    assertThat(twoSteps()).isEqualTo(twoSteps());
  }

  @Test
  void shouldComputeLayersIn16BitsAndNormalizationPoolingAndLossIn32() {
    try (TrainingSession session = open(TinyNetworks.alexNet(1e-4f), Precision.BFLOAT16)) {
      assertThat(types(session, "Conv2D", "Conv2DBackpropFilter", "Conv2DBackpropInput"))
          .isNotEmpty()
          .containsOnly(DataType.DT_BFLOAT16);
      assertThat(types(session, "Relu", "ReluGrad"))
          .isNotEmpty()
          .containsOnly(DataType.DT_BFLOAT16);
      assertThat(
              types(
                  session,
                  "Rsqrt", // of the normalizations
                  "MaxPool",
                  "MaxPoolGrad",
                  "SparseSoftmaxCrossEntropyWithLogits",
                  "ResourceApplyKerasMomentum"))
          .isNotEmpty()
          .containsOnly(DataType.DT_FLOAT);
    }
  }

  @Test
  void shouldSayInTheEnvironmentWhatTheBitsDependOn() {
    try (TrainingSession session = open(TinyNetworks.cifarQuick(), Precision.BFLOAT16)) {
      assertThat(session.environment()).containsEntry("precision", "bfloat16");
    }
  }

  private static String twoSteps() {
    Network network = TinyNetworks.cifarQuick();
    try (TrainingSession session = open(network, Precision.BFLOAT16)) {
      step(session, network, 0);
      step(session, network, 1);
      return TinyNetworks.hex(TinyNetworks.weights(session));
    }
  }

  private static Stream<DataType> types(TrainingSession session, String... operations) {
    return session.definition().getNodeList().stream()
        .filter(node -> List.of(operations).contains(node.getOp()))
        .map(PrecisionTest::type);
  }

  private static DataType type(NodeDef node) {
    return node.getAttrOrThrow("T").getType();
  }

  private static TrainingSession open(Network network, Precision precision) {
    return TrainingSession.open(TinyNetworks.options(network, Placement.ONE_DEVICE, precision));
  }

  private static void enliven(Network network, TrainingSession session) {
    if (network instanceof AlexNet) {
      TinyNetworks.enliven(session, 25);
    }
  }

  private static StepResult step(TrainingSession session, Network network, long step) {
    try (MinibatchBuffer buffer =
        TinyNetworks.filled(session, IMAGES, network.inputSize(), 11 + step)) {
      return session.train(buffer, IMAGES, step, 0.01f);
    }
  }

  private static double cosine(ByteBuffer from, ByteBuffer a, ByteBuffer b) {
    FloatBuffer begin = floats(from);
    FloatBuffer first = floats(a);
    FloatBuffer second = floats(b);
    double dot = 0;
    double firstSquares = 0;
    double secondSquares = 0;
    for (int i = 0; i < begin.limit(); i++) {
      double x = first.get(i) - begin.get(i);
      double y = second.get(i) - begin.get(i);
      dot += x * y;
      firstSquares += x * x;
      secondSquares += y * y;
    }
    return dot / Math.sqrt(firstSquares * secondSquares);
  }

  private static FloatBuffer floats(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }
}
