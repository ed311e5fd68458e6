package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkTest {
  static Stream<Network> networks() {
    return Stream.of(
        TinyNetworks.alexNet(1e-4f),
        TinyNetworks.alexNetOwt(),
        TinyNetworks.cifar10(),
        Cifar10.plain(),
        TinyNetworks.cifarQuick(),
        new CifarQuick(),
        CifarQuick.unscaled(12, 4));
  }

  @Test
  void shouldHaveThePublishedNumberOfParameters() {
    assertThat(new AlexNet().parameters(1000)).isEqualTo(60_965_224);
    assertThat(new AlexNetOwt().parameters(1000)).isEqualTo(61_100_840);
    assertThat(Cifar10.normalized().parameters(10)).isEqualTo(89_578);
    assertThat(new CifarQuick().parameters(10)).isEqualTo(145_578);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void shouldTellTheParametersThatItsGraphHas(Network network) {
    try (TrainingSession session = TrainingSession.open(TinyNetworks.options(network))) {
      assertThat(network.parameters(TinyNetworks.CLASSES)).isEqualTo(session.parameters());
    }
  }

  @Test
  void shouldBeginWithThePapersInitialValues() {
    // Wide enough in one layer to measure a standard deviation, small in all others.
    AlexNet network = new AlexNet(new AlexNet.Sizes(64, 72, 48, 4, 4, 4, 8), LocalResponse.PAPER);
    try (TrainingSession session = TrainingSession.open(TinyNetworks.options(network));
        Snapshot snapshot = session.snapshot()) {
      for (NamedTensor tensor : snapshot.tensors()) {
        float[] values = values(tensor);
        switch (tensor.name()) {
          case "conv1/weights" -> {
            assertThat(mean(values)).isCloseTo(0, within(3e-4));
            assertThat(standardDeviation(values)).isCloseTo(0.01, within(3e-4));
          }
          case "conv2/biases", "conv4/biases", "conv5/biases", "fc6/biases", "fc7/biases" ->
              assertThat(values).containsOnly(1);
          case "conv1/biases", "conv3/biases", "fc8/biases" -> assertThat(values).containsOnly(0);
          default -> assertThat(values).doesNotContain(Float.NaN);
        }
        if (tensor.name().endsWith(Weights.MOMENTUM)) {
          assertThat(values).containsOnly(0);
        }
      }
    }
  }

  @Test
  void shouldBeginWithCudaConvnetsInitialValuesWhereNothingIsScaled() {
    Map<String, Double> published =
        Map.of(
            "conv1/weights",
            1e-4,
            "conv2/weights",
            0.01,
            "conv3/weights",
            0.01,
            "fc4/weights",
            0.1);
    try (TrainingSession session =
            TrainingSession.open(TinyNetworks.options(CifarQuick.unscaled()));
        Snapshot snapshot = session.snapshot()) {
      for (NamedTensor tensor : snapshot.tensors()) {
        Double wanted = published.get(tensor.name());
        if (wanted != null) {
          assertThat(standardDeviation(values(tensor)))
              .as(tensor.name())
              .isCloseTo(wanted, withinPercentage(5));
        }
      }
    }
  }

  @Test
  void shouldNameTheKnownNetworksWhenOneIsUnknown() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Network.of("vgg"))
        .withMessage(
            "Unknown network 'vgg': known are alexnet, alexnet-owt, cifar10, cifar10-plain, cifar10-quick, cifar10-quick-unscaled");
  }

  private static float[] values(NamedTensor tensor) {
    FloatBuffer view =
        tensor.littleEndianFloats().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[view.remaining()];
    view.get(values);
    return values;
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double standardDeviation(float[] values) {
    double mean = mean(values);
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / values.length);
  }
}
