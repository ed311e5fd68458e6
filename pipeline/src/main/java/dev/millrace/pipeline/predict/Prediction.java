package dev.millrace.pipeline.predict;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is predicted of an image.
 *
 * @param image its file
 * @param likeliest the likeliest classes, the likeliest first
 */
public record Prediction(Path image, List<Guess> likeliest) {
  /** Copies the list. */
  public Prediction {
    likeliest = List.copyOf(likeliest);
  }

  /**
   * A class.
   *
   * @param index its index
   * @param name what it is called
   * @param probability from 0 to 1
   */
  public record Guess(int index, String name, float probability) {}

  /**
   * The likeliest classes; of equal ones the lower index first.
   *
   * @param names of all classes
   * @param most how many at most
   */
  static Prediction of(Path image, float[] probabilities, List<String> names, int most) {
    return new Prediction(
        image,
        IntStream.range(0, probabilities.length)
            .mapToObj(index -> new Guess(index, names.get(index), probabilities[index]))
            .sorted(Comparator.comparing(Guess::probability, Comparator.reverseOrder()))
            .limit(most)
            .toList());
  }
}
