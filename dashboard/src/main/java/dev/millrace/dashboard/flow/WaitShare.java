package dev.millrace.dashboard.flow;

import dev.millrace.schemas.TrainingMetric;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Share of a run's latest ten seconds that it waited for data: the mean of its steps' shares, each
 * counting as long as the step took. Holds 100 numbers at most. For one thread.
 */
final class WaitShare {
  private static final long BUCKET_MILLIS = 100;
  private static final long LONGEST_MILLIS = Duration.ofSeconds(10).toMillis();

  private final Deque<Bucket> buckets = new ArrayDeque<>();
  private long lastStep = -1;

  private record Bucket(long number, double waited, double total) {}

  /** The run's next step. The same one again, as while training stands still, tells nothing new. */
  void add(TrainingMetric step) {
    Double share = step.getValues().get("data_wait_share");
    Double images = step.getValues().get("images");
    Double speed = step.getValues().get("images_per_second");
    if (share == null || images == null || speed == null || step.getStep() == lastStep) {
      return;
    }
    lastStep = step.getStep();
    double seconds = images / speed;
    if (!(seconds > 0) || !Double.isFinite(seconds) || !(share >= 0 && share <= 1)) {
      return;
    }
    long number = step.getTime().toEpochMilli() / BUCKET_MILLIS;
    Bucket last = buckets.peekLast();
    if (last != null && last.number == number) {
      buckets.removeLast();
      buckets.add(new Bucket(number, last.waited + share * seconds, last.total + seconds));
    } else {
      buckets.add(new Bucket(number, share * seconds, seconds));
    }
    long longest = LONGEST_MILLIS / BUCKET_MILLIS;
    while (buckets.size() > longest || buckets.getFirst().number <= number - longest) {
      buckets.removeFirst();
    }
  }

  /** From 0 to 1; null if no step has told it. */
  @Nullable Double mean() {
    double total = buckets.stream().mapToDouble(Bucket::total).sum();
    return total == 0 ? null : buckets.stream().mapToDouble(Bucket::waited).sum() / total;
  }
}
