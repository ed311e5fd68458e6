package dev.millrace.trainer;

import dev.millrace.schemas.DatasetStatistics;
import dev.millrace.schemas.Statistics;
import dev.millrace.schemas.StatisticsSource;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.model.Network;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/**
 * The mean that is subtracted from every pixel in a run.
 *
 * @param statistics what checkpoints call the statistics that it is of: "published", or their id
 * @param mean mean red, green and blue, 0 to 255
 */
record MeanInUse(String statistics, List<Float> mean) {
  /**
   * Finds it.
   *
   * @throws ResumeException if the dataset's is asked for and there is none, or no use
   * @throws KafkaException if the brokers do not answer
   */
  static MeanInUse of(
      StatisticsSource source, Network network, Topics topics, Map<String, Object> kafka) {
    return switch (source) {
      case PUBLISHED -> new MeanInUse(source.toString(), network.mean());
      case DATASET ->
          Statistics.newest(kafka, topics)
              .map(MeanInUse::of)
              .orElseThrow(() ->
                  new ResumeException(
                      "Cannot train: topic %s holds no statistics; run millrace stats first"
                          .formatted(topics.statistics())));
    };
  }

  static MeanInUse of(DatasetStatistics found) {
    List<Float> mean = found.getMean().stream().map(level -> (float) (255 * level)).toList();
    if (mean.size() != TensorCheck.CHANNELS || !mean.stream().allMatch(Float::isFinite)) {
      throw new ResumeException(
          "Cannot train: the published statistics' mean must be three numbers, found " + mean);
    }
    return new MeanInUse(found.getId(), mean);
  }
}
