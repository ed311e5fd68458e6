package dev.millrace.augmenter;

import dev.millrace.imaging.ColorStatistics;
import dev.millrace.schemas.DatasetStatistics;
import dev.millrace.schemas.Statistics;
import dev.millrace.schemas.StatisticsSource;
import dev.millrace.schemas.Topics;
import java.util.List;
import java.util.Map;

/**
 * The statistics that an augmenter goes by as long as it runs.
 *
 * @param name how logs call them
 */
record StatisticsInUse(String name, ColorStatistics colors) {
  /**
   * Finds them.
   *
   * @throws AugmenterFailedException if the dataset's are asked for and there are none
   */
  static StatisticsInUse of(StatisticsSource source, Topics topics, Map<String, Object> kafka) {
    return switch (source) {
      case PUBLISHED -> new StatisticsInUse("ImageNet's", ColorStatistics.IMAGENET);
      case DATASET ->
          of(
              Statistics.newest(kafka, topics)
                  .orElseThrow(() ->
                      new AugmenterFailedException(
                          "Cannot augment: topic %s holds no statistics; run millrace stats first"
                              .formatted(topics.statistics()))));
    };
  }

  private static StatisticsInUse of(DatasetStatistics found) {
    List<Double> flat = found.getEigenvectors();
    try {
      return new StatisticsInUse(
          "%s of %d images".formatted(found.getId().substring(0, 12), found.getImages()),
          new ColorStatistics(
              found.getMean(),
              found.getDeviation(),
              found.getEigenvalues(),
              List.of(flat.subList(0, 3), flat.subList(3, 6), flat.subList(6, 9))));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new AugmenterFailedException(
          "Cannot augment: the published statistics cannot be used: " + e.getMessage(), e);
    }
  }
}
