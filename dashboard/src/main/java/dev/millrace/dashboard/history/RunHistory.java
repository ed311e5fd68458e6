package dev.millrace.dashboard.history;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One run. Under the lock of the {@link History} that it belongs to. */
final class RunHistory {
  private static final long SILENCE_MILLIS = 30_000;
  private static final int MOST_DROPS = 1000;
  private static final String LEARNING_RATE = "learning_rate";

  private final String name;
  private final Map<Split, Track> tracks = new EnumMap<>(Split.class);
  private final List<RateDrop> drops = new ArrayList<>();
  private String verdict = "";
  private int epoch;
  private long startedAt = Long.MAX_VALUE;
  private long updatedAt = Long.MIN_VALUE;
  private @Nullable String model;
  private @Nullable Progress progress;
  private @Nullable Best bestTop1;
  private @Nullable Best bestTop5;

  RunHistory(String name) {
    this.name = name;
    for (Split split : Split.values()) {
      tracks.put(split, new Track());
    }
  }

  /** Takes a record; the bytes that this takes more than before. */
  long metric(TrainingMetric metric) {
    Track track = track(metric.getSplit());
    long time = metric.getTime().toEpochMilli();
    if (metric.getSplit() == Split.TRAIN) {
      drop(track, metric, time);
      verdict = metric.getVerdict();
      epoch = metric.getEpoch();
    }
    long more = track.add(metric.getStep(), time, metric.getValues());
    if (metric.getSplit() == Split.VALIDATION) {
      bestTop1 = Best.of(track.points("top1_error"));
      bestTop5 = Best.of(track.points("top5_error"));
    }
    heard(time);
    return more;
  }

  // Against the step before: what is repeated after a resume may have dropped elsewhere.
  private void drop(Track track, TrainingMetric metric, long time) {
    Double rate = metric.getValues().get(LEARNING_RATE);
    long step = metric.getStep();
    drops.removeIf(drop -> drop.step() >= step);
    Points points = track.points(LEARNING_RATE);
    if (rate == null || points == null) {
      return;
    }
    int before = points.firstFrom(step, Axis.STEP) - 1;
    if (before >= 0 && rate < points.value(before)) {
      drops.add(new RateDrop(step, time, points.value(before), rate));
      if (drops.size() > MOST_DROPS) {
        drops.removeFirst();
      }
    }
  }

  void progress(Progress newest) {
    progress = newest;
    heard(newest.getTime().toEpochMilli());
  }

  void checkpoint(CheckpointManifest manifest) {
    model = manifest.getModel();
    heard(manifest.getCreatedAt().toEpochMilli());
  }

  private void heard(long time) {
    startedAt = Math.min(startedAt, time);
    updatedAt = Math.max(updatedAt, time);
  }

  /** When the newest record of it was written, in epoch milliseconds. */
  long updatedAt() {
    return updatedAt;
  }

  Track track(Split split) {
    return tracks.computeIfAbsent(split, _ -> new Track());
  }

  /** A validation value at a step, or at the nearest before it; null where there is none. */
  @Nullable Double validation(String value, long step) {
    Points points = track(Split.VALIDATION).points(value);
    int index = points == null ? -1 : points.firstFrom(step + 1, Axis.STEP) - 1;
    return points == null || index < 0 ? null : finite(points.value(index));
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  long bytes() {
    return tracks.values().stream().mapToLong(Track::bytes).sum();
  }

  /** The run at a glance, at a moment. */
  RunView view(long now) {
    Track train = track(Split.TRAIN);
    boolean trained = train.records() > 0;
    return new RunView(
        name,
        model,
        state(now),
        Math.max(0, trained || progress == null ? train.lastStep() : progress.getStep()),
        trained || progress == null ? epoch : progress.getEpoch(),
        startedAt == Long.MAX_VALUE ? null : startedAt,
        updatedAt == Long.MIN_VALUE ? null : updatedAt,
        progress == null ? null : progress.getImages(),
        train.newest("images_per_second"),
        train.newest("data_wait_share"),
        bestTop1 == null ? null : bestTop1.value(),
        bestTop1 == null ? null : bestTop1.step(),
        bestTop5 == null ? null : bestTop5.value(),
        train.newest("loss"),
        train.newest(LEARNING_RATE),
        verdict);
  }

  private RunState state(long now) {
    if (progress != null && progress.getFinished()) {
      return RunState.FINISHED;
    }
    if (now - updatedAt > SILENCE_MILLIS) {
      return RunState.SILENT;
    }
    if (track(Split.TRAIN).records() == 0) {
      return RunState.STARTING;
    }
    return verdict.isEmpty() ? RunState.TRAINING : RunState.WAITING;
  }

  /** The run with what its charts can show, at a moment. */
  RunDetail detail(long now) {
    Map<String, List<String>> values = new TreeMap<>();
    Map<String, Map<String, Double>> newest = new TreeMap<>();
    tracks.forEach((split, track) -> {
      values.put(History.name(split), track.names());
      newest.put(History.name(split), track.newest());
    });
    return new RunDetail(view(now), List.copyOf(drops), values, newest, bytes());
  }
}
