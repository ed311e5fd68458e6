package dev.millrace.trainer;

import dev.millrace.schemas.Mistake;
import dev.millrace.schemas.Prediction;
import dev.millrace.trainer.model.Predictions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The images of an evaluation that the network gets most wrong: of those whose likeliest class is
 * another one, the twelve to whose class it gives the least probability. Holds 38 KB for each. For
 * one thread.
 */
final class WorstImages {
  /** How many are kept. */
  static final int MOST = 12;

  private static final int LONGEST_ID = 1000;
  private static final Comparator<Mistake> WORST_FIRST =
      Comparator.comparingDouble(Mistake::getProbability);

  // The one that is least wrong is the first to go.
  private final PriorityQueue<Mistake> worst = new PriorityQueue<>(WORST_FIRST.reversed());
  private final int stored;
  private final int input;

  /**
   * None yet.
   *
   * @param stored height and width of the images
   * @param input height and width of their centre, which the network looks at
   */
  WorstImages(int stored, int input) {
    this.stored = stored;
    this.input = input;
  }

  /**
   * Looks at a minibatch; its memory may be used again afterwards.
   *
   * @param images uint8, NHWC
   * @param ids each image's id
   * @param labels each image's class index
   */
  void add(ByteBuffer images, String[] ids, int[] labels, Predictions predictions) {
    for (int image = 0; image < predictions.ofLabels().length; image++) {
      float probability = predictions.ofLabels()[image];
      int likeliest = predictions.classes()[image * predictions.classesAnImage()];
      // Where the weights have grown beyond all numbers there is nothing to be told.
      boolean wrong = likeliest != labels[image] && Float.isFinite(probability);
      if (wrong && isAmongTheWorst(probability)) {
        worst.add(mistake(images, ids[image], labels[image], predictions, image));
        if (worst.size() > MOST) {
          worst.remove();
        }
      }
    }
  }

  private boolean isAmongTheWorst(float probability) {
    Mistake least = worst.peek();
    return least == null || worst.size() < MOST || probability < least.getProbability();
  }

  private Mistake mistake(
      ByteBuffer images, String id, int label, Predictions predictions, int image) {
    SmallPicture picture = SmallPicture.ofCentre(images, image, stored, input);
    return new Mistake(
        id.substring(0, Math.min(id.length(), LONGEST_ID)),
        label,
        predictions.ofLabels()[image],
        predictions(predictions, image),
        picture.side(),
        picture.side(),
        picture.rgb());
  }

  private static List<Prediction> predictions(Predictions predictions, int image) {
    List<Prediction> ofImage = new ArrayList<>();
    int count = predictions.classesAnImage();
    for (int i = image * count; i < (image + 1) * count; i++) {
      ofImage.add(new Prediction(predictions.classes()[i], predictions.probabilities()[i]));
    }
    return ofImage;
  }

  /** What is kept; equally wrong ones by their ids. */
  List<Mistake> worstFirst() {
    return worst.stream().sorted(WORST_FIRST.thenComparing(Mistake::getId)).toList();
  }
}
