package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/** Classifiers and saved models against the session's own evaluation, image by image. */
class ClassifierTest {
  private static final int IMAGES = 4;
  private static final float ROUNDING = 1e-5f;

  @TempDir private Path folder;

  static Stream<Network> networks() {
    return Stream.of(
        TinyNetworks.alexNet(1e-4f),
        TinyNetworks.alexNetOwt(),
        TinyNetworks.cifar10(),
        TinyNetworks.cifarQuick());
  }

  /** What the session says of each image: e to the minus loss that it has with each label. */
  private static List<float[]> evaluated(TrainingSession session, int stored) {
    List<float[]> shares = new ArrayList<>();
    try (MinibatchBuffer buffer = session.buffer(1, stored, stored)) {
      for (int image = 0; image < IMAGES; image++) {
        TinyNetworks.fill(buffer, image);
        float[] ofImage = new float[TinyNetworks.CLASSES];
        for (int label = 0; label < ofImage.length; label++) {
          buffer.setLabel(0, label);
          ofImage[label] = (float) Math.exp(-session.evaluate(buffer, 1).lossSum());
        }
        shares.add(ofImage);
      }
    }
    return shares;
  }

  private static TrainingSession lively(Network network) {
    TrainingSession session = TrainingSession.open(TinyNetworks.options(network));
    TinyNetworks.enliven(session, 2);
    return session;
  }

  private static void fill(MinibatchBuffer buffer, TrainingSession session, int stored) {
    try (MinibatchBuffer one = session.buffer(1, stored, stored)) {
      ByteBuffer images = buffer.images();
      for (int image = 0; image < IMAGES; image++) {
        TinyNetworks.fill(one, image);
        images.put(one.images());
      }
    }
  }

  private static void assertEqualToRounding(List<float[]> found, List<float[]> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i)).containsExactly(expected.get(i), within(ROUNDING));
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void shouldSayOfImagesWhatTheEvaluationDoes(Network network) {
    try (TrainingSession session = lively(network);
        Classifier classifier =
            Classifier.open(TinyNetworks.options(network), TinyNetworks.weights(session), false);
        MinibatchBuffer buffer = classifier.buffer(IMAGES + 1)) {
      fill(buffer, session, network.storedSize());

      List<float[]> expected = evaluated(session, network.storedSize());
      assertEqualToRounding(classifier.probabilities(buffer, IMAGES), expected);
      assertThat(expected.getFirst()).isNotEqualTo(expected.getLast());
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void shouldTellTheLikeliestClassesOfEveryImageEvaluated(Network network) {
    try (TrainingSession session = lively(network);
        MinibatchBuffer buffer =
            session.buffer(IMAGES + 1, network.storedSize(), network.storedSize())) {
      fill(buffer, session, network.storedSize());
      for (int image = 0; image < IMAGES; image++) {
        buffer.setLabel(image, image % TinyNetworks.CLASSES);
      }
      Predictions told = session.evaluate(buffer, IMAGES).predictions();

      List<float[]> expected = evaluated(session, network.storedSize());
      assertThat(told.ofLabels()).hasSize(IMAGES);
      assertThat(told.classesAnImage()).isEqualTo(5);
      for (int image = 0; image < IMAGES; image++) {
        float[] ofImage = expected.get(image);
        assertThat(told.ofLabels()[image])
            .isCloseTo(ofImage[image % TinyNetworks.CLASSES], within(ROUNDING));
        float[] sorted = ofImage.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < 5; i++) {
          float probability = told.probabilities()[image * 5 + i];
          assertThat(probability).isCloseTo(sorted[sorted.length - 1 - i], within(ROUNDING));
          assertThat(probability)
              .isCloseTo(ofImage[told.classes()[image * 5 + i]], within(ROUNDING));
        }
      }
    }
  }

  @Test
  void shouldAverageTenCropsAsTheEvaluationDoes() {
    Network network = TinyNetworks.alexNetOwt();
    List<String> found = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    try (TrainingSession session = lively(network);
        Classifier classifier =
            Classifier.open(TinyNetworks.options(network), TinyNetworks.weights(session), true);
        MinibatchBuffer buffer = classifier.buffer(1)) {
      for (int image = 0; image < IMAGES; image++) {
        TinyNetworks.fill(buffer, image);
        float[] shares = classifier.probabilities(buffer, 1).getFirst();
        for (int label = 0; label < shares.length; label++) {
          buffer.setLabel(0, label);
          TenCropResult ten = session.testTenCrops(buffer, 1);
          expected.add(ten.top1Errors() + " " + ten.top5Errors());
          int rank = rank(shares, label);
          found.add((rank > 1 ? 1 : 0) + " " + (rank > 5 ? 1 : 0));
        }
      }
    }

    assertThat(found).isEqualTo(expected);
  }

  private static int rank(float[] shares, int label) {
    int notBelow = 0;
    for (float share : shares) {
      notBelow += share >= shares[label] ? 1 : 0;
    }
    return notBelow;
  }

  @Test
  void shouldRefuseWeightsOfAnotherNetwork() {
    try (TrainingSession session = lively(TinyNetworks.cifarQuick())) {
      Map<String, ByteBuffer> weights = TinyNetworks.weights(session);
      assertThatThrownBy(() ->
              Classifier.open(TinyNetworks.options(TinyNetworks.alexNetOwt()), weights, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("same network with as many classes");
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void shouldSaveModelsThatSayTheSame(Network network) throws Exception {
    int size = network.inputSize();
    try (TrainingSession session = lively(network)) {
      SavedModelWriter.write(TinyNetworks.options(network), TinyNetworks.weights(session), folder);
      List<float[]> expected = evaluated(session, network.storedSize());
      try (SavedModelBundle bundle = SavedModelBundle.load(folder.toString());
          TUint8 images = TUint8.tensorOf(Shape.of(IMAGES, size, size, 3))) {
        TensorBytes.of(images).put(centres(session, network));
        check(bundle, images, expected);
      }
    }
  }

  /** The central part of each image, cut by hand. */
  private static byte[] centres(TrainingSession session, Network network) {
    int stored = network.storedSize();
    int size = network.inputSize();
    int margin = (stored - size) / 2;
    byte[] centres = new byte[IMAGES * size * size * 3];
    try (MinibatchBuffer buffer = session.buffer(IMAGES, stored, stored)) {
      fill(buffer, session, stored);
      ByteBuffer all = buffer.images();
      for (int row = 0; row < IMAGES * size; row++) {
        int image = row / size;
        int from = ((image * stored + margin + row % size) * stored + margin) * 3;
        all.get(from, centres, row * size * 3, size * 3);
      }
    }
    return centres;
  }

  private static void check(SavedModelBundle bundle, TUint8 images, List<float[]> expected) {
    SignatureDef signature = bundle.metaGraphDef().getSignatureDefOrThrow("serving_default");
    assertThat(signature.getMethodName()).isEqualTo("tensorflow/serving/predict");
    Session.Runner runner = bundle.session().runner();
    runner.feed(signature.getInputsOrThrow("images").getName(), images);
    for (String output : new String[] {"probabilities", "classes", "scores"}) {
      runner.fetch(signature.getOutputsOrThrow(output).getName());
    }
    try (Result result = runner.run()) {
      TFloat32 probabilities = (TFloat32) result.get(0);
      TInt64 classes = (TInt64) result.get(1);
      TFloat32 scores = (TFloat32) result.get(2);
      assertThat(probabilities.shape()).isEqualTo(Shape.of(IMAGES, TinyNetworks.CLASSES));
      assertThat(classes.shape()).isEqualTo(Shape.of(IMAGES, 5));
      for (int i = 0; i < IMAGES; i++) {
        float[] ofImage = new float[TinyNetworks.CLASSES];
        for (int c = 0; c < ofImage.length; c++) {
          ofImage[c] = probabilities.getFloat(i, c);
        }
        assertThat(ofImage).containsExactly(expected.get(i), within(ROUNDING));
        for (int k = 0; k < 5; k++) {
          int index = (int) classes.getLong(i, k);
          assertThat(scores.getFloat(i, k)).isEqualTo(ofImage[index]);
          assertThat(rank(ofImage, index)).isEqualTo(k + 1);
        }
      }
    }
  }
}
