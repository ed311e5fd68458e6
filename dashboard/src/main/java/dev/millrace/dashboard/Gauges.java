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
import java.util.Map;
import java.util.Set;

/**
 * The values shown. A run beyond the hundredth takes the place of the one that was heard of first;
 * names of values beyond the fiftieth are left out. For one thread.
 */
final class Gauges {
  private static final int MOST_RUNS = 100;
  private static final int MOST_NAMES = 50;

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
          ValueName named = ValueName.of(name);
          Gauge gauge = values.get(named.metric());
          if (gauge == null
              && values.size() < MOST_NAMES
              && ValueName.isUsual(name)
              && !taken.contains(named.metric())) {
            // Trainers name their values: those that would be another gauge's are left out.
            gauge = register(named.metric(), named.help(), "run", "split");
            values.put(named.metric(), gauge);
          }
          if (gauge != null) {
            gauge.labelValues(metric.getRun(), split).set(value * named.scale());
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

  private Gauge gauge(String name, String help, String... labels) {
    return register("millrace_" + name, help, labels);
  }

  private Gauge register(String name, String help, String... labels) {
    taken.add(name);
    return Gauge.builder().name(name).help(help).labelNames(labels).register(registry);
  }
}
