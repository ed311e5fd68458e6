package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.Mistake;
import dev.millrace.trainer.model.Predictions;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Images of one pixel and three classes, that the network takes for class 0. */
class WorstImagesTest {
  private final WorstImages worst = new WorstImages(1, 1);

  private void add(int label, String id, float... ofLabels) {
    int images = ofLabels.length;
    String[] ids = new String[images];
    int[] labels = new int[images];
    float[] probabilities = new float[2 * images];
    int[] classes = new int[2 * images];
    for (int i = 0; i < images; i++) {
      ids[i] = id + i;
      labels[i] = label;
      probabilities[2 * i] = 1 - ofLabels[i];
      probabilities[2 * i + 1] = ofLabels[i];
      classes[2 * i + 1] = label;
    }
    ByteBuffer pixels = ByteBuffer.allocate(3 * images);
    for (int i = 0; i < images; i++) {
      pixels.put(3 * i, (byte) i);
    }
    worst.add(pixels, ids, labels, new Predictions(ofLabels, classes, probabilities));
    pixels.put(0, (byte) 99); // the memory is used again
  }

  @Test
  void shouldKeepTheTwelveThatAreMostWrongOfAllMinibatches() {
    float[] first = new float[20];
    float[] second = new float[20];
    for (int i = 0; i < 20; i++) {
      first[i] = (40 - i) / 100f;
      second[i] = (1 + 2 * i) / 100f;
    }
    add(1, "a", first); // 0.40 down to 0.21
    add(2, "b", second); // 0.01, 0.03 up to 0.39

    assertThat(worst.worstFirst())
        .extracting(Mistake::getId)
        .containsExactly("b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9", "a19", "b10");
    Mistake most = worst.worstFirst().getFirst();
    assertThat(most.getLabel()).isEqualTo(2);
    assertThat(most.getProbability()).isEqualTo(0.01f);
    assertThat(most.getPredictions())
        .extracting(prediction -> prediction.getLabel() + " " + prediction.getProbability())
        .containsExactly("0 0.99", "2 0.01");
    assertThat(most.getBytes().get(0)).isZero();
  }

  @Test
  void shouldPassOverImagesThatAreRightAndThoseOfWhichNothingIsTold() {
    add(0, "right", 0.4f, 0.1f);
    add(1, "nothing", Float.NaN);

    assertThat(worst.worstFirst()).isEmpty();
  }

  @Test
  void shouldCutIdsShort() {
    add(1, "x".repeat(5000), 0.1f);

    assertThat(worst.worstFirst().getFirst().getId()).hasSize(1000);
  }
}
