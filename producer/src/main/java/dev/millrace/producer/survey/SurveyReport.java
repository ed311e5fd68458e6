package dev.millrace.producer.survey;

import dev.millrace.schemas.Split;
import java.util.List;
import java.util.Map;

/**
 * What a dataset holds.
 *
 * @param classes for each class, in the order of class index, its images by split, the broken ones
 *     among them
 * @param sizes bytes of a sound image
 * @param widths columns of a sound image
 * @param heights rows of a sound image
 * @param bytes of all sound images together
 * @param broken number of images that would become dead letters
 * @param examples the first of those, 100 at most
 * @param skippedFiles files that are no images by their names
 */
public record SurveyReport(
    List<ClassCount> classes,
    Spread sizes,
    Spread widths,
    Spread heights,
    long bytes,
    long broken,
    List<BrokenImage> examples,
    long skippedFiles) {

  /**
   * Images of a class.
   *
   * @param synset its WordNet id or folder name
   * @param name for people
   * @param images number of images by split
   */
  public record ClassCount(String synset, String name, Map<Split, Integer> images) {
    /** Number of a split's images. */
    public int of(Split split) {
      return images.getOrDefault(split, 0);
    }
  }

  /**
   * How a figure is spread over the images; 0 where there are none.
   *
   * @param least of the images
   * @param median the one in the middle, the smaller of two
   * @param most of the images
   */
  public record Spread(int least, int median, int most) {}

  /** Number of a split's images, the broken ones among them. */
  public long images(Split split) {
    return classes.stream().mapToLong(one -> one.of(split)).sum();
  }
}
