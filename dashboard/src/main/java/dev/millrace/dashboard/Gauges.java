package dev.millrace.dashboard;

import dev.millrace.dashboard.flow.FlowMetrics;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The values shown. A run beyond the hundredth takes the place of the one that was heard of first;
 * names of values beyond the fiftieth are left out. For one thread.
 */
final class Gauges {
  private static final int MOST_RUNS = 100;
  private static final int MOST_NAMES = 50;
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  private final PrometheusRegistry registry;
  private final Map<String, Gauge> values = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>(FlowMetrics.names());
  private final Map<String, Boolean> runs = new LinkedHashMap<>();
  private final Gauge step;
  private final Gauge epoch;
  private final Gauge finished;
  private final Gauge checkpointStep;
  private final Gauge checkpointTime;
  private final Gauge deadLetters;

  Gauges(PrometheusRegistry registry) {
    this.registry = registry;
    this.step = gauge("step", "Steps done", "run");
    this.epoch = gauge("epoch", "Epoch of the next image, from 0", "run");
    this.finished = gauge("finished", "1 when the run has reached its goal", "run");
    this.checkpointStep = gauge("checkpoint_step", "Step of the newest checkpoint", "run");
    this.checkpointTime =
        gauge("checkpoint_timestamp_seconds", "When the newest checkpoint was written", "run");
    this.deadLetters = gauge("dead_letters", "Dead letters in their topic");
  }

  void metric(TrainingMetric metric) {
    know(metric.getRun());
    String split = metric.getSplit() == Split.TRAIN ? "train" : "validation";
    metric
        .getValues()
        .forEach((name, value) -> {
          Gauge gauge = values.get(name);
          if (gauge == null && values.size() < MOST_NAMES && isFree(name)) {
            gauge = gauge(name, help(name), "run", "split");
            values.put(name, gauge);
          }
          if (gauge != null) {
            gauge.labelValues(metric.getRun(), split).set(value);
          }
        });
  }

  void checkpoint(CheckpointManifest manifest) {
    know(manifest.getRun());
    checkpointStep.labelValues(manifest.getRun()).set((double) manifest.getStep());
    checkpointTime
        .labelValues(manifest.getRun())
        .set(manifest.getCreatedAt().toEpochMilli() / 1000.0);
  }

  void progress(Progress progress) {
    know(progress.getRun());
    step.labelValues(progress.getRun()).set((double) progress.getStep());
    epoch.labelValues(progress.getRun()).set(progress.getEpoch());
    finished.labelValues(progress.getRun()).set(progress.getFinished() ? 1 : 0);
  }

  void deadLetters(long records) {
    deadLetters.set((double) records);
  }

  // Trainers name their values: those that would be another gauge's are left out.
  private boolean isFree(String name) {
    return NAME.matcher(name).matches() && !taken.contains("millrace_" + name);
  }

  private void know(String run) {
    if (runs.putIfAbsent(run, true) == null && runs.size() > MOST_RUNS) {
      String first = runs.keySet().iterator().next();
      runs.remove(first);
      for (Gauge gauge : new Gauge[] {step, epoch, finished, checkpointStep, checkpointTime}) {
        gauge.remove(first);
      }
      values
          .values()
          .forEach(gauge -> {
            gauge.remove(first, "train");
            gauge.remove(first, "validation");
          });
    }
  }

  private static String help(String name) {
    return switch (name) {
      case "loss" -> "Mean softmax cross-entropy, in nats";
      case "top1_error" -> "Share of images whose class is not the likeliest";
      case "top5_error" -> "Share of images whose class is not among the five likeliest";
      case "ten_crop_top1_error" -> "The same, by the average of ten crops";
      case "ten_crop_top5_error" ->
          "Share not among the five likeliest, by the average of ten crops";
      case "data_wait_share" -> "Share of the time that the trainer waited for tensors";
      case "step_ms_p50" -> "Median of the latest steps' times, in milliseconds";
      case "step_ms_p95" ->
          "Time that 95 of 100 of the latest steps did not go over, in milliseconds";
      case "step_ms_p99" ->
          "Time that 99 of 100 of the latest steps did not go over, in milliseconds";
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

  private Gauge gauge(String name, String help, String... labels) {
    taken.add("millrace_" + name);
    return Gauge.builder()
        .name("millrace_" + name)
        .help(help)
        .labelNames(labels)
        .register(registry);
  }
}
