package dev.millrace.dashboard.flow;

import dev.millrace.dashboard.flow.FlowView.Lag;
import dev.millrace.dashboard.flow.FlowView.PartitionLag;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts lags together: totals as trainers tell them, while they do; the rest as counted here. */
final class LagsLook {
  private final Topics topics;

  LagsLook(Topics topics) {
    this.topics = topics;
  }

  /** The lags that are known: augmenters', then those of runs. */
  List<Lag> of(Map<Split, SplitView> views, List<Run> runs, long nowMillis) {
    List<Lag> lags = new ArrayList<>();
    views.forEach((split, view) -> {
      Long told = split == Split.TRAIN ? toAugment(runs, nowMillis) : null;
      Behind augmenters = view.augmenters();
      if (augmenters != null) {
        lags.add(lag("augmenters", null, topics.images(split).name(), told, augmenters, nowMillis));
      } else if (told != null) {
        lags.add(new Lag("augmenters", null, topics.images(split).name(), told, null, List.of()));
      }
    });
    SplitView train = views.get(Split.TRAIN);
    for (Run run : runs) {
      Behind behind = train == null ? null : train.trainers().get(run.name());
      Progress progress = run.progress();
      if (behind != null && progress != null) {
        Long told = run.isFresh(nowMillis) ? whole(run.value("trainer_lag_images")) : null;
        lags.add(lag("trainer", run.name(), progress.getTopic(), told, behind, nowMillis));
      }
    }
    return lags;
  }

  private static Lag lag(
      String service,
      @Nullable String run,
      String topic,
      @Nullable Long told,
      Behind behind,
      long nowMillis) {
    long images = told == null ? behind.total() : told;
    List<PartitionLag> perPartition = new ArrayList<>();
    for (int p = 0; p < behind.images().size(); p++) {
      perPartition.add(new PartitionLag(p, behind.images().get(p)));
    }
    return new Lag(service, run, topic, images, behind.seconds(images, nowMillis), perPartition);
  }

  // By the newest word of any trainer.
  private static @Nullable Long toAugment(List<Run> runs, long nowMillis) {
    return runs.stream()
        .filter(run -> run.trains(nowMillis) && run.value("augmenter_lag_images") != null)
        .max(Comparator.comparingLong(run -> -run.silentMillis(nowMillis).orElse(0)))
        .map(run -> whole(run.value("augmenter_lag_images")))
        .orElse(null);
  }

  private static @Nullable Long whole(@Nullable Double number) {
    return number == null || !Double.isFinite(number) ? null : Long.valueOf(Math.round(number));
  }
}
