package dev.millrace.trainer;

import dev.millrace.trainer.flow.Verdict;
import java.time.Duration;

/**
 * Tells whoever listens when there is another verdict, every ten seconds at most and not in the
 * first ten, when everything has yet to begin. While training stands still no step carries it to
 * the metrics: then the last step's record is published again. For one thread.
 */
final class VerdictNews {
  private static final long BETWEEN_NANOS = Duration.ofSeconds(10).toNanos();

  private final TrainingRun run;
  private final TrainingListener listener;
  private Verdict told = Verdict.NONE;
  private Verdict published = Verdict.NONE;
  private long toldAt = System.nanoTime();
  private long publishedAt = toldAt;

  VerdictNews(TrainingRun run, TrainingListener listener) {
    this.run = run;
    this.listener = listener;
  }

  /**
   * Tells what is new.
   *
   * @param standsStill whether there is nothing to make a step with
   */
  void look(boolean standsStill) {
    Verdict now = run.flow().verdict();
    if (!now.isLike(told) && System.nanoTime() - toldAt >= BETWEEN_NANOS) {
      told = now;
      toldAt = System.nanoTime();
      listener.onVerdict(now);
    }
    if (!standsStill) {
      published = now; // the step will carry it
      publishedAt = System.nanoTime();
    } else if (now.since() != null
        && (!now.isLike(published) || System.nanoTime() - publishedAt >= BETWEEN_NANOS)) {
      published = now;
      publishedAt = System.nanoTime();
      run.metrics().stepAgain(run.flow().report());
    }
  }
}
