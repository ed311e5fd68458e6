package dev.millrace.dashboard.flow;

import dev.millrace.dashboard.flow.FlowView.HeldBack;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers what tells whether augmenters hold back. For one thread. */
final class HoldBackLook {
  private final Topics topics;
  private final HoldBackJudge judge = new HoldBackJudge();

  HoldBackLook(Topics topics) {
    this.topics = topics;
  }

  /**
   * Judges a look.
   *
   * @param view of the training images; null if they cannot be seen
   */
  HeldBack at(@Nullable SplitView view, Augmenters augmenters, List<Run> runs, long nowMillis) {
    String images = topics.images(Split.TRAIN).name();
    Behind made = view == null ? null : view.augmenters();
    if (view == null || made == null) {
      return judge.unknown(
          runs.stream().anyMatch(run -> run.isUnfinished() && run.reads(images))
              ? "trainers augment by themselves"
              : "the stream's topics, or the augmenters' place in them, cannot be seen");
    }
    String tensors = topics.tensors(Split.TRAIN).name();
    SplitView.Seen seen = view.topics().get(tensors);
    if (seen == null || seen.kept().size() != made.images().size()) {
      return judge.unknown("%s and %s have not as many partitions".formatted(images, tensors));
    }
    Run slowest =
        runs.stream()
            .filter(run -> view.trainers().containsKey(run.name()) && run.reads(tensors))
            .max(Comparator.comparingLong(run -> total(view.trainers().get(run.name()))))
            .orElse(null);
    Behind behind = slowest == null ? null : view.trainers().get(slowest.name());
    List<Long> ahead = behind == null ? seen.kept() : behind.images();
    boolean waits = slowest != null && slowest.trains(nowMillis) && !slowest.verdict().isEmpty();
    return judge.on(
        new HoldBackJudge.Look(
            System.nanoTime(),
            augmenters.threads(),
            augmenters.stable(),
            made.images(),
            made.done(),
            ahead,
            behind == null ? difference(seen.come(), ahead) : behind.done(),
            slowest == null ? null : slowest.name(),
            seen.imageBytes()),
        waits);
  }

  private static long total(@Nullable Behind behind) {
    return behind == null ? 0 : behind.total();
  }

  private static List<Long> difference(List<Long> of, List<Long> from) {
    List<Long> difference = new ArrayList<>();
    for (int p = 0; p < of.size(); p++) {
      difference.add(of.get(p) - from.get(p));
    }
    return difference;
  }
}
