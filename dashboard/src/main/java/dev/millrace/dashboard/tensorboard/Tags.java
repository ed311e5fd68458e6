package dev.millrace.dashboard.tensorboard;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What TensorBoard calls the values: the part before a slash is the section that they are in. */
final class Tags {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");
  private static final int MOST_VALUES = 50;

  private Tags() {}

  /** The values by tag: the first fifty, by name, of those that have a usual name. */
  static SortedMap<String, Double> of(Map<String, Double> values) {
    SortedMap<String, Double> tagged = new TreeMap<>();
    new TreeMap<>(values)
        .entrySet().stream()
            .filter(value -> NAME.matcher(value.getKey()).matches())
            .limit(MOST_VALUES)
            .forEach(value -> tagged.put(tag(value.getKey()), value.getValue()));
    return tagged;
  }

  private static String tag(String name) {
    return switch (name) {
      case "top1_error" -> "error/top1";
      case "top5_error" -> "error/top5";
      case "ten_crop_top1_error" -> "error/ten_crop_top1";
      case "ten_crop_top5_error" -> "error/ten_crop_top5";
      case "images_per_second",
          "data_wait_share",
          "step_ms_p50",
          "step_ms_p95",
          "step_ms_p99",
          "gpu_busy_share" ->
          "speed/" + name;
      case "resident_bytes", "gpu_memory_bytes" -> "memory/" + name;
      case "trainer_lag_images",
          "augmenter_lag_images",
          "augmenter_threads",
          "waiting_images",
          "trained_images",
          "dead_letter_images",
          "lost_images",
          "doubled_images",
          "waiting_since_seconds",
          "short_augmenters" ->
          "flow/" + name;
      default -> name;
    };
  }
}
