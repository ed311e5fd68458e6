package dev.millrace.trainer.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.ToLongFunction;

/**
 * Judges look by look what training waits for. Only looks while it waited tell: the window still
 * holds a wait when there is plenty again. For one thread.
 */
final class Judge {
  /** Looks that a verdict rests on: what comes in bursts is short now and then. */
  private static final int LOOKS = 3;

  private static final long LONGEST_NANOS = Duration.ofSeconds(10).toNanos();

  private final int minibatchSize;
  private final int partitions;
  private final boolean colocated;
  private final Deque<Look> waiting = new ArrayDeque<>();
  private Verdict verdict = Verdict.NONE;

  Judge(int minibatchSize, int partitions, boolean colocated) {
    this.minibatchSize = minibatchSize;
    this.partitions = partitions;
    this.colocated = colocated;
  }

  /**
   * The verdict on a look.
   *
   * @param measured how much went by waiting
   * @param lately share of the time about the look, from 0 to 1, that went by waiting
   * @param now the look's time
   */
  Verdict on(Look look, WaitWindow.Measured measured, double lately, Instant now) {
    boolean waits = measured.share() > Situation.MOST_WAITING;
    if (waits && lately <= Situation.MOST_WAITING) {
      verdict = verdict.withShare(measured.share());
      return verdict;
    }
    if (!waits) {
      waiting.clear();
    }
    waiting.removeIf(earlier -> look.nanos() - earlier.nanos() > LONGEST_NANOS);
    waiting.add(look);
    if (waiting.size() > LOOKS) {
      waiting.remove();
    }
    Situation situation =
        new Situation(
            measured.share(),
            measured.imagesPerSecond(),
            minibatchSize,
            least(Look::inOrder),
            least(Look::toAugment),
            look.augmenterThreads(),
            partitions,
            colocated);
    verdict = Verdict.on(situation, now, verdict);
    return verdict;
  }

  /** Earlier looks tell nothing any more. */
  void forget() {
    waiting.clear();
  }

  private long least(ToLongFunction<Look> of) {
    return waiting.stream().mapToLong(of).min().orElse(0);
  }
}
