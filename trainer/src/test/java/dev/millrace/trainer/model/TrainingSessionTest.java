package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingSessionTest {

  static Stream<Network> networks() {
    return Stream.of(TinyNetworks.alexNet(1e-4f), TinyNetworks.cifarQuick());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void shouldGiveTheSameBytesForTheSameSeed(Network network) {
    List<String> states = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      try (TrainingSession session = TrainingSession.open(TinyNetworks.options(network))) {
        train(session, network, 0, 5);
        states.add(TinyNetworks.hex(TinyNetworks.weights(session)));
      }
    }

    assertThat(states.get(1)).isEqualTo(states.get(0));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void shouldContinueBitForBitAfterRestore(Network network) {
    try (TrainingSession straight = TrainingSession.open(TinyNetworks.options(network));
        TrainingSession resumed = TrainingSession.open(TinyNetworks.options(network))) {
      train(straight, network, 0, 3);
      Map<String, ByteBuffer> checkpoint = TinyNetworks.weights(straight);
      List<StepResult> expected = train(straight, network, 3, 6);
      train(resumed, network, 7, 9);

      resumed.restore(checkpoint);
      List<StepResult> actual = train(resumed, network, 3, 6);

      assertThat(actual).isEqualTo(expected);
      assertThat(TinyNetworks.hex(TinyNetworks.weights(resumed)))
          .isEqualTo(TinyNetworks.hex(TinyNetworks.weights(straight)));
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void shouldKeepSnapshotWhileTrainingGoesOn(Network network) throws Exception {
    try (TrainingSession session = TrainingSession.open(TinyNetworks.options(network))) {
      train(session, network, 0, 2);
      try (Snapshot snapshot = session.snapshot()) {
        String before = TinyNetworks.hex(TinyNetworks.copy(snapshot));

        train(session, network, 2, 5);
        List<String> after = new ArrayList<>();
        Thread reader = new Thread(() -> after.add(TinyNetworks.hex(TinyNetworks.copy(snapshot))));
        reader.start();
        reader.join();

        assertThat(after).containsExactly(before);
        assertThat(TinyNetworks.hex(TinyNetworks.weights(session))).isNotEqualTo(before);
      }
    }
  }

  @Test
  void shouldNameTensorsInTheOrderOfTheLayers() {
    CifarQuick network = TinyNetworks.cifarQuick();
    try (TrainingSession session = TrainingSession.open(TinyNetworks.options(network));
        Snapshot snapshot = session.snapshot()) {
      assertThat(snapshot.tensors())
          .extracting(NamedTensor::name)
          .startsWith(
              "conv1/weights", "conv1/weights/momentum", "conv1/biases", "conv1/biases/momentum")
          .endsWith("fc5/biases", "fc5/biases/momentum")
          .hasSize(20);
      assertThat(snapshot.tensors().getFirst().shape()).containsExactly(5, 5, 3, 4);
    }
  }

  @Test
  void shouldRefuseToRestoreOtherTensors() {
    CifarQuick network = TinyNetworks.cifarQuick();
    try (TrainingSession session = TrainingSession.open(TinyNetworks.options(network))) {
      Map<String, ByteBuffer> tensors = TinyNetworks.weights(session);
      tensors.remove("conv2/biases");
      tensors.put("fc4/biases", ByteBuffer.allocate(4));
      tensors.put("fc9/biases", ByteBuffer.allocate(4));

      assertThatIllegalArgumentException()
          .isThrownBy(() -> session.restore(tensors))
          .withMessageContaining("conv2/biases is missing")
          .withMessageContaining("fc4/biases must have 32 bytes, found 4")
          .withMessageContaining("fc9/biases is unknown");
    }
  }

  @Test
  void shouldTakeOnlyTheImagesOfASmallerMinibatch() {
    AlexNet network = TinyNetworks.alexNet(1e-4f);
    List<StepResult> results = new ArrayList<>();
    List<String> states = new ArrayList<>();
    for (int room : new int[] {3, 8}) {
      try (TrainingSession session = TrainingSession.open(TinyNetworks.options(network));
          MinibatchBuffer buffer = session.buffer(room, 64, 64)) {
        TinyNetworks.fill(buffer, 5);
        for (int i = 0; i < 3; i++) {
          buffer.setLabel(i, i);
        }
        results.add(session.train(buffer, 3, 0, 0.01f));
        states.add(TinyNetworks.hex(TinyNetworks.weights(session)));
      }
    }

    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(states.get(1)).isEqualTo(states.get(0));
    assertThat(results.get(0).top1Errors()).isBetween(0, 3);
  }

  @Test
  void shouldLearnAFewImagesByHeart() {
    try (TrainingSession session =
            TrainingSession.open(TinyNetworks.options(new CifarQuick(12, 8)));
        MinibatchBuffer buffer = TinyNetworks.filled(session, 8, 12, 3)) {
      StepResult first = session.train(buffer, 8, 0, 0.01f);
      for (int step = 1; step < 150; step++) {
        session.train(buffer, 8, step, 0.01f);
      }
      EvaluationResult last = session.evaluate(buffer, 8);

      assertThat(last.lossSum() / 8).isLessThan(first.loss() / 4);
      assertThat(last.top1Errors()).isZero();
      assertThat(last.top5Errors()).isZero();
      assertThat(last.images()).isEqualTo(8);
    }
  }

  @Test
  void shouldRefuseLabelsOutsideTheClasses() {
    CifarQuick network = TinyNetworks.cifarQuick();
    try (TrainingSession session = TrainingSession.open(TinyNetworks.options(network));
        MinibatchBuffer buffer = session.buffer(2, 12, 12)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> buffer.setLabel(1, TinyNetworks.CLASSES))
          .withMessageContaining("label image 1")
          .withMessageContaining("from 0 to 6 (7 classes), found 7");
      assertThatIllegalArgumentException().isThrownBy(() -> buffer.setLabel(0, -1));
    }
  }

  @Test
  void shouldRefuseMinibatchesThatDoNotFit() {
    AlexNet network = TinyNetworks.alexNet(1e-4f);
    try (TrainingSession session = TrainingSession.open(TinyNetworks.options(network));
        MinibatchBuffer stored = session.buffer(2, 72, 72);
        MinibatchBuffer cropped = session.buffer(2, 64, 64)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> session.train(stored, 2, 0, 0.01f))
          .withMessageContaining("must be 64x64 pixels, found 72x72");
      assertThatIllegalArgumentException().isThrownBy(() -> session.evaluate(cropped, 2));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> session.train(cropped, 3, 0, 0.01f))
          .withMessageContaining("from 1 to 2 images, found 3");
      assertThatIllegalArgumentException().isThrownBy(() -> session.train(cropped, 0, 0, 0.01f));
    }
  }

  @Test
  void shouldEvaluateTheCentreOfTheStoredImages() {
    AlexNet network = TinyNetworks.alexNet(1e-4f);
    try (TrainingSession session = TrainingSession.open(TinyNetworks.options(network));
        MinibatchBuffer stored = TinyNetworks.filled(session, 2, 72, 9)) {
      TinyNetworks.enliven(session, 20);
      EvaluationResult whole = session.evaluate(stored, 2);
      blackenMargin(stored, 72, 4);

      assertThat(session.evaluate(stored, 2)).isEqualTo(whole);
      blackenMargin(stored, 72, 8);
      assertThat(session.evaluate(stored, 2)).isNotEqualTo(whole);
    }
  }

  @Test
  void shouldRefuseAClosedBuffer() {
    try (TrainingSession session =
        TrainingSession.open(TinyNetworks.options(TinyNetworks.cifarQuick()))) {
      MinibatchBuffer buffer = session.buffer(1, 12, 12);
      buffer.close();

      assertThatThrownBy(() -> session.train(buffer, 1, 0, 0.01f))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private static void blackenMargin(MinibatchBuffer buffer, int size, int margin) {
    ByteBuffer images = buffer.images();
    for (int i = 0; i < images.limit(); i++) {
      int column = i / 3 % size;
      int row = i / 3 / size % size;
      if (Math.min(Math.min(row, column), size - 1 - Math.max(row, column)) < margin) {
        images.put(i, (byte) 0);
      }
    }
  }

  private static List<StepResult> train(
      TrainingSession session, Network network, long from, long to) {
    List<StepResult> results = new ArrayList<>();
    try (MinibatchBuffer buffer = session.buffer(6, network.inputSize(), network.inputSize())) {
      for (long step = from; step < to; step++) {
        TinyNetworks.fill(buffer, step);
        results.add(session.train(buffer, 6, step, 0.01f));
      }
    }
    return results;
  }
}
