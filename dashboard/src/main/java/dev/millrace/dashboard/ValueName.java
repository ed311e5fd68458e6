package dev.millrace.dashboard;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a value of the metrics topic is called for Prometheus, by its customs: base units, named at
 * the end.
 *
 * @param metric the metric's name
 * @param scale what makes the value the metric's unit
 * @param help what it is
 */
record ValueName(String metric, double scale, String help) {
  private static final Pattern USUAL = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  /** Endings that mean something else to Prometheus than one number. */
  private static final Pattern RESERVED =
      Pattern.compile(".*_(total|created|info|count|sum|bucket)");

  private static final String MILLIS = "step_ms_";

  /** Whether a value of this name is shown at all. */
  static boolean isUsual(String name) {
    return USUAL.matcher(name).matches();
  }

  static ValueName of(String name) {
    String metric = "millrace_" + name;
    if (name.startsWith(MILLIS)) {
      metric = "millrace_step_" + name.substring(MILLIS.length()) + "_seconds";
      return new ValueName(metric, 1e-3, help(name));
    }
    if (name.endsWith("_share")) {
      metric = metric.substring(0, metric.length() - "share".length()) + "ratio";
    } else if (name.endsWith("_error")) {
      metric += "_ratio";
    } else if (RESERVED.matcher(name).matches()) {
      metric += "_value";
    }
    return new ValueName(metric, 1, help(name));
  }

  private static String help(String name) {
    return switch (name) {
      case "loss" -> "Mean softmax cross-entropy, in nats";
      case "top1_error" -> "Share of images whose class is not the likeliest";
      case "top5_error" -> "Share of images whose class is not among the five likeliest";
      case "ten_crop_top1_error" -> "The same, by the average of ten crops";
      case "ten_crop_top5_error" ->
          "Share of images not among the five likeliest, by the average of ten crops";
      case "data_wait_share" -> "Share of the time that the trainer waited for tensors";
      case "step_ms_p50" -> "Median of the latest steps' times";
      case "step_ms_p95" -> "Time that 95 of 100 of the latest steps did not go over";
      case "step_ms_p99" -> "Time that 99 of 100 of the latest steps did not go over";
      case "resident_bytes" -> "Memory that the trainer holds, Java's and TensorFlow's";
      case "gpu_busy_share" -> "Share of the last moment in which the GPU computed something";
      case "gpu_memory_bytes" -> "Memory of the GPU that is in use";
      case "trainer_lag_images" -> "Images that the trainer could read and has not taken";
      case "augmenter_lag_images" -> "Images that the augmenters have still to do";
      case "augmenter_threads" -> "Threads that augment";
      case "trained_images" -> "Images trained on since the run's beginning";
      case "waiting_images" -> "Images published that the run has still to come to";
      case "dead_letter_images" -> "Images passed that have a dead letter";
      case "lost_images" -> "Images passed that were not trained on and have no dead letter";
      case "doubled_images" -> "Images trained on that are more than there are";
      case "waiting_since_seconds" -> "How long training has waited for tensors now and then";
      case "short_augmenters" -> "Augmenter threads that are wanting";
      default -> name.replace('_', ' ').toLowerCase(Locale.ROOT);
    };
  }
}
