package dev.millrace.dashboard.flow;

import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What trainers have said of themselves, the newest of each run. Of 100 runs at most: the one that
 * was heard of longest ago goes. Safe for use by several threads.
 */
final class Heard {
  private static final int MOST_RUNS = 100;

  private final Map<String, Voice> voices = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Voice {
    private final WaitShare waitShare = new WaitShare();
    private @Nullable Progress progress;
    private @Nullable TrainingMetric step;
    private @Nullable TrainingMetric counted;
  }

  /** A record of the metrics topic; in their order. */
  synchronized void take(TrainingMetric metric) {
    if (metric.getSplit() != Split.TRAIN) {
      return;
    }
    Voice voice = voice(metric.getRun());
    voice.step = metric;
    voice.waitShare.add(metric);
    if (metric.getValues().containsKey("lost_images") || voice.counted == null) {
      voice.counted = metric;
    }
  }

  /** A record of the progress topic; in their order. */
  synchronized void take(Progress progress) {
    voice(progress.getRun()).progress = progress;
  }

  /** All runs, by name. */
  synchronized List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    voices.forEach((name, voice) ->
        runs.add(new Run(name, voice.progress, voice.step, voice.counted, voice.waitShare.mean())));
    runs.sort(Comparator.comparing(Run::name));
    return runs;
  }

  private Voice voice(String run) {
    Voice voice = voices.computeIfAbsent(run, _ -> new Voice());
    if (voices.size() > MOST_RUNS) {
      voices.remove(voices.keySet().iterator().next());
    }
    return voice;
  }
}
