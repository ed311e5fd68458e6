package dev.millrace.dashboard.history;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the topics have said, as far as it is shown. Safe for use by several threads.
 *
 * <p>Bounded: 100 runs (the one heard of longest ago goes), 50 values of each and split, 1,000
 * checkpoints, 10,000 dead letters, and as many bytes of points as wanted, 16 a point. When the
 * points take more, the longest series loses half of the points of its older half, those that show
 * its shape least, and so on until they fit.
 */
public final class History {
  private static final int MOST_RUNS = 100;
  private static final int MOST_CHECKPOINTS = 1000;
  private static final int LONGEST_NAME = 200;

  /** A series that is thinned no more: all of them together fit the smallest bound. */
  private static final int SHORTEST_THINNED = 64;

  private final long mostBytes;
  private final InstantSource clock;
  private final Map<String, RunHistory> runs = new LinkedHashMap<>();
  private final Deque<CheckpointManifest> checkpoints = new ArrayDeque<>(); // newest first
  private final Letters letters = new Letters();
  private final Map<Integer, LabeledClass> classes = new HashMap<>();
  private volatile HistoryListener listener = HistoryListener.NONE;
  private long bytes;
  private long chunksFrom;

  /**
   * An empty one.
   *
   * @param mostBytes that the points may take
   * @param clock tells which runs have fallen silent
   */
  public History(long mostBytes, InstantSource clock) {
    this.mostBytes = mostBytes;
    this.clock = clock;
  }

  /** A split's name in addresses and answers. */
  public static String name(Split split) {
    return split.name().toLowerCase(Locale.ROOT);
  }

  /** Who hears of what is new; one at a time. */
  public void listener(HistoryListener hears) {
    listener = hears;
  }

  /**
   * Takes what was measured at a step.
   *
   * @throws IllegalArgumentException if the run's name is none
   */
  public void metric(TrainingMetric metric) {
    synchronized (this) {
      RunHistory run = run(metric.getRun()); // which may forget another
      bytes += run.metric(metric);
      while (bytes > mostBytes && thin()) {
        // until it fits
      }
    }
    listener.measured(metric);
  }

  /** Takes how far a trainer has come. */
  public synchronized void progress(Progress progress) {
    run(progress.getRun()).progress(progress);
  }

  /** Takes a checkpoint's description. */
  public void checkpoint(CheckpointManifest manifest) {
    synchronized (this) {
      run(manifest.getRun()).checkpoint(manifest);
      checkpoints.removeIf(known ->
          known.getRun().equals(manifest.getRun()) && known.getStep() == manifest.getStep());
      checkpoints.addFirst(manifest);
      if (checkpoints.size() > MOST_CHECKPOINTS) {
        checkpoints.removeLast();
      }
    }
    listener.checkpoint(manifest.getRun(), manifest.getStep());
  }

  /** Takes the place where the checkpoints' bytes begin that are still there. */
  public synchronized void chunksFrom(long offset) {
    chunksFrom = offset;
  }

  /** Takes a dead letter from a place in its topic. */
  public void deadLetter(long offset, DeadLetter letter) {
    boolean added;
    synchronized (this) {
      added = letters.add(offset, letter);
    }
    if (added) {
      listener.deadLetters();
    }
  }

  /** Forgets the dead letters: their topic begins anew. */
  public synchronized void forgetDeadLetters() {
    letters.clear();
  }

  /** Takes the dataset's classes. */
  public synchronized void classes(ClassList list) {
    classes.clear();
    list.getClasses().forEach(known -> classes.put(known.getIndex(), known));
  }

  /** A class's name, if the classes are known. */
  public synchronized Optional<String> className(int label) {
    return Optional.ofNullable(classes.get(label)).map(LabeledClass::getName);
  }

  private RunHistory run(String name) {
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "a run's name must have 1 to %d characters, found %d"
              .formatted(LONGEST_NAME, name.length()));
    }
    RunHistory run = runs.get(name);
    if (run == null) {
      if (runs.size() == MOST_RUNS) {
        forgetOldest();
      }
      run = new RunHistory(name);
      runs.put(name, run);
    }
    return run;
  }

  private void forgetOldest() {
    runs.entrySet().stream()
        .min(Comparator.comparingLong(entry -> entry.getValue().updatedAt()))
        .map(Map.Entry::getKey)
        .ifPresent(oldest -> {
          RunHistory gone = runs.remove(oldest);
          bytes -= gone == null ? 0 : gone.bytes();
          checkpoints.removeIf(known -> known.getRun().equals(oldest));
        });
  }

  // False when there is nothing left that is worth it.
  private boolean thin() {
    Series longest = null;
    for (RunHistory run : runs.values()) {
      for (Split split : Split.values()) {
        for (Series series : run.track(split).series()) {
          if (longest == null || series.size() > longest.size()) {
            longest = series;
          }
        }
      }
    }
    if (longest == null || longest.size() < SHORTEST_THINNED) {
      return false;
    }
    long before = longest.bytes();
    longest.thin();
    bytes += longest.bytes() - before;
    return true;
  }

  /** Memory that the points take. */
  public synchronized long bytes() {
    return bytes;
  }

  /** All runs, the one that was heard of last first. */
  public synchronized List<RunView> runs() {
    long now = clock.millis();
    return runs.values().stream()
        .sorted(Comparator.comparingLong(RunHistory::updatedAt).reversed())
        .map(run -> run.view(now))
        .toList();
  }

  /** A run, if it is known. */
  public synchronized Optional<RunDetail> detail(String name) {
    return Optional.ofNullable(runs.get(name)).map(run -> run.detail(clock.millis()));
  }

  /** Records taken of a run's split; 0 where it is unknown. */
  public synchronized long records(String run, Split split) {
    RunHistory known = runs.get(run);
    return known == null ? 0 : known.track(split).records();
  }

  /** A value's line, if there is such a run and value. */
  public Optional<Line> line(String run, Split split, String value, Window window) {
    // Chosen outside of the lock: a million points take a few milliseconds.
    return Optional.ofNullable(points(run, split, value)).map(window::line);
  }

  private synchronized @Nullable Points points(String run, Split split, String value) {
    RunHistory known = runs.get(run);
    return known == null ? null : known.track(split).points(value);
  }

  /** The newest checkpoints, newest first; of one run, or of all where the name is null. */
  public synchronized List<CheckpointView> checkpoints(@Nullable String run) {
    List<CheckpointView> views = new ArrayList<>();
    for (CheckpointManifest manifest : checkpoints) {
      if (run == null || manifest.getRun().equals(run)) {
        views.add(view(manifest));
      }
    }
    return views;
  }

  /** A checkpoint, if it is known. */
  public synchronized Optional<CheckpointView> checkpoint(String run, long step) {
    return checkpoints.stream()
        .filter(known -> known.getRun().equals(run) && known.getStep() == step)
        .findFirst()
        .map(this::view);
  }

  private CheckpointView view(CheckpointManifest manifest) {
    RunHistory run = runs.get(manifest.getRun());
    return new CheckpointView(
        manifest.getRun(),
        manifest.getStep(),
        manifest.getEpoch(),
        manifest.getCreatedAt().toEpochMilli(),
        manifest.getBytes(),
        manifest.getParameters(),
        manifest.getSha256(),
        run == null ? null : run.validation("top1_error", manifest.getStep()),
        run == null ? null : run.validation("top5_error", manifest.getStep()),
        manifest.getFirstChunkOffset() >= chunksFrom);
  }

  /** Dead letters that were read, those forgotten among them. */
  public synchronized long deadLettersTotal() {
    return letters.total();
  }

  /** Dead letters that are remembered. */
  public synchronized int deadLettersKept() {
    return letters.kept();
  }

  /** The newest dead letters before an offset, newest first. */
  public synchronized List<LetterView> deadLetters(int limit, long before) {
    return letters.newest(limit, before, classes);
  }
}
