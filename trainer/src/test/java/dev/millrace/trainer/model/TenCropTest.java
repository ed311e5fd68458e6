package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Testing on ten crops against crops cut by hand: each goes alone through a network with the same
 * weights that takes images of the crop's size whole, and what it makes of them is averaged here.
 * The softmax's share of a class is e to the minus loss of an image with that label.
 */
class TenCropTest {
  private static final int CHANNELS = 3;
  private static final int IMAGES = 5;

  /**
   * A network, the same for images that are crops already, and what makes its weights tell images
   * apart.
   */
  record Networks(Network network, Network ofCrops, float enlivening) {}

  static Stream<Networks> networks() {
    AlexNetOwt.Sizes whole = new AlexNetOwt.Sizes(64, 64, 4, 6, 8, 6, 10);
    return Stream.of(
        new Networks(TinyNetworks.alexNetOwt(), new AlexNetOwt(whole), 2),
        new Networks(TinyNetworks.cifarQuick(), TinyNetworks.cifarQuick(), 1));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void shouldAverageTheSoftmaxOfCropsCutByHand(Networks networks) {
    Network network = networks.network();
    int stored = network.storedSize();
    List<String> byOne = new ArrayList<>();
    List<String> byTen = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    try (TrainingSession session = TrainingSession.open(TinyNetworks.options(network));
        TrainingSession ofCrops = TrainingSession.open(TinyNetworks.options(networks.ofCrops()));
        MinibatchBuffer buffer = session.buffer(1, stored, stored)) {
      TinyNetworks.enliven(session, networks.enlivening());
      ofCrops.restore(TinyNetworks.weights(session));
      for (int image = 0; image < IMAGES; image++) {
        TinyNetworks.fill(buffer, image);
        double[] shares = averaged(ofCrops, bytes(buffer), stored, network.inputSize());
        for (int label = 0; label < TinyNetworks.CLASSES; label++) {
          buffer.setLabel(0, label);
          EvaluationResult one = session.evaluate(buffer, 1);
          TenCropResult ten = session.testTenCrops(buffer, 1);
          byOne.add(one.top1Errors() + " " + one.top5Errors());
          byTen.add(ten.top1Errors() + " " + ten.top5Errors());
          expected.add((rank(shares, label) > 1 ? 1 : 0) + " " + (rank(shares, label) > 5 ? 1 : 0));
        }
      }
    }

    assertThat(byTen).isEqualTo(expected).isNotEqualTo(byOne);
  }

  private static double[] averaged(TrainingSession session, byte[] image, int stored, int input) {
    int far = stored - input;
    int[][] corners = {{0, 0}, {0, far}, {far, 0}, {far, far}, {far / 2, far / 2}};
    double[] sums = new double[TinyNetworks.CLASSES];
    try (MinibatchBuffer crop = session.buffer(1, input, input)) {
      for (int[] corner : corners) {
        for (boolean mirrored : new boolean[] {false, true}) {
          crop.images().put(cut(image, stored, corner[0], corner[1], input, mirrored));
          for (int label = 0; label < sums.length; label++) {
            crop.setLabel(0, label);
            sums[label] += Math.exp(-session.evaluate(crop, 1).lossSum());
          }
        }
      }
    }
    assertThat(sums).satisfies(all -> assertThat(sum(all)).isBetween(9.999, 10.001));
    return sums;
  }

  private static byte[] cut(
      byte[] image, int stored, int top, int left, int size, boolean mirrored) {
    byte[] crop = new byte[size * size * CHANNELS];
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        int from = left + (mirrored ? size - 1 - column : column);
        for (int channel = 0; channel < CHANNELS; channel++) {
          crop[(row * size + column) * CHANNELS + channel] =
              image[((top + row) * stored + from) * CHANNELS + channel];
        }
      }
    }
    return crop;
  }

  private static int rank(double[] shares, int label) {
    int notBelow = 0;
    for (double share : shares) {
      notBelow += share >= shares[label] ? 1 : 0;
    }
    return notBelow;
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  private static byte[] bytes(MinibatchBuffer buffer) {
    ByteBuffer images = buffer.images();
    byte[] bytes = new byte[images.remaining()];
    images.get(bytes);
    return bytes;
  }
}
