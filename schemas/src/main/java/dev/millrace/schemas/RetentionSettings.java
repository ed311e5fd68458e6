package dev.millrace.schemas;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/** The Kafka settings of images topics that keep their images. */
final class RetentionSettings {
  /** Of {@code retention.ms} and {@code retention.bytes}: no such limit. */
  static final long UNSET = -1;

  // Only closed segments are deleted: ten of them keep what is there near what was asked for.
  private static final int SEGMENTS = 10;
  private static final long SMALLEST_SEGMENT_BYTES = 64 << 20;
  private static final long LARGEST_SEGMENT_BYTES = 1 << 30;
  private static final Duration LONGEST_SEGMENT = Duration.ofDays(7);

  private RetentionSettings() {}

  /**
   * Settings of a topic's own, instead of those it would have.
   *
   * @param partitions how many the topic has
   */
  static Map<String, String> of(ImageRetention retention, Split split, int partitions) {
    return switch (retention) {
      case ImageRetention.Purge _ -> Map.of();
      case ImageRetention.Forever _ -> kept(Long.MAX_VALUE, UNSET);
      case ImageRetention.Age age ->
          split == Split.VALIDATION ? kept(Long.MAX_VALUE, UNSET) : aged(age.age());
      case ImageRetention.Size size ->
          split == Split.VALIDATION
              ? kept(Long.MAX_VALUE, UNSET)
              : kept(UNSET, size.bytes() / partitions);
    };
  }

  private static Map<String, String> kept(long millis, long bytes) {
    long segment =
        bytes == UNSET
            ? LARGEST_SEGMENT_BYTES
            : Math.clamp(bytes / SEGMENTS, SMALLEST_SEGMENT_BYTES, LARGEST_SEGMENT_BYTES);
    return Map.of(
        TopicConfig.RETENTION_MS_CONFIG, Long.toString(millis),
        TopicConfig.RETENTION_BYTES_CONFIG, Long.toString(bytes),
        TopicConfig.SEGMENT_BYTES_CONFIG, Long.toString(segment));
  }

  private static Map<String, String> aged(Duration age) {
    Map<String, String> settings = new HashMap<>(kept(age.toMillis(), UNSET));
    long segment = Math.min(age.toMillis() / SEGMENTS, LONGEST_SEGMENT.toMillis());
    settings.put(TopicConfig.SEGMENT_MS_CONFIG, Long.toString(segment));
    return settings;
  }
}
