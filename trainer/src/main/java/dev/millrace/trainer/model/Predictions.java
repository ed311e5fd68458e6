package dev.millrace.trainer.model;

import java.util.Arrays;

/**
 * What a network says of the images of a minibatch, by its softmax.
 *
 * @param ofLabels probability of each image's own class
 * @param classes the likeliest classes of the first image, the likeliest first, then those of the
 *     second and so on: as many for each
 * @param probabilities of those classes
 */
@SuppressWarnings("ArrayRecordComponent") // compared by their elements
public record Predictions(float[] ofLabels, int[] classes, float[] probabilities) {
  /** The most classes that are told of an image. */
  public static final int MOST = 5;

  /** Classes told of each image: five, or all where there are fewer. */
  public int classesAnImage() {
    return classes.length / ofLabels.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Predictions predictions
        && Arrays.equals(ofLabels, predictions.ofLabels)
        && Arrays.equals(classes, predictions.classes)
        && Arrays.equals(probabilities, predictions.probabilities);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ofLabels);
  }
}
