package dev.millrace.dashboard.flow;

import dev.millrace.dashboard.flow.FlowView.RunAudit;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.TrainingMetric;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a run has said.
 *
 * @param progress how far it has come
 * @param step its newest step
 * @param counted its newest step that tells what became of its images
 * @param waitShare share of the latest ten seconds of its steps, from 0 to 1, that it waited
 */
record Run(
    String name,
    @Nullable Progress progress,
    @Nullable TrainingMetric step,
    @Nullable TrainingMetric counted,
    @Nullable Double waitShare) {
  /** Trainers that stand still repeat their last step every ten seconds. */
  private static final double FRESH_MILLIS = 15_000;

  private static final double FRESH_STEPS = 3;

  /** Whether it reads a topic: tensors, or images where it augments by itself. */
  boolean reads(String topic) {
    return progress != null && progress.getTopic().equals(topic);
  }

  /** Whether it may go on. */
  boolean isUnfinished() {
    return progress != null && !progress.getFinished();
  }

  /**
   * Whether its newest step is younger than 15 seconds, or than three of its steps where those take
   * longer. By the clocks of this machine and of the trainer's.
   */
  boolean isFresh(long nowMillis) {
    if (step == null) {
      return false;
    }
    double stepMillis = step.getValues().getOrDefault("step_ms_p50", 0.0);
    long age = nowMillis - step.getTime().toEpochMilli();
    return age <= Math.max(FRESH_MILLIS, FRESH_STEPS * stepMillis);
  }

  /** Whether a trainer works on it just now. */
  boolean trains(long nowMillis) {
    return isUnfinished() && isFresh(nowMillis);
  }

  /** How long it has said nothing, in milliseconds; empty if it never said anything. */
  OptionalLong silentMillis(long nowMillis) {
    long last =
        Math.max(
            step == null ? 0 : step.getTime().toEpochMilli(),
            progress == null ? 0 : progress.getTime().toEpochMilli());
    return last == 0 ? OptionalLong.empty() : OptionalLong.of(Math.max(0, nowMillis - last));
  }

  /** A number of its newest step; null if that does not tell it. */
  @Nullable Double value(String name) {
    return step == null ? null : step.getValues().get(name);
  }

  /** The verdict of its newest step; empty if training does not wait. */
  String verdict() {
    return step == null ? "" : step.getVerdict();
  }

  /** What became of its images; null if it never told. */
  @Nullable RunAudit audit() {
    if (counted == null) {
      return null;
    }
    Long trained = whole("trained_images");
    Long dead = whole("dead_letter_images");
    Long waiting = whole("waiting_images");
    Long lost = whole("lost_images");
    Long doubled = whole("doubled_images");
    Long published =
        trained == null || dead == null || waiting == null || lost == null || doubled == null
            ? null
            : Long.valueOf(trained + dead + waiting + lost - doubled);
    return new RunAudit(name, published, trained, dead, waiting, lost, doubled);
  }

  private @Nullable Long whole(String value) {
    Double found = counted == null ? null : counted.getValues().get(value);
    return found == null || !Double.isFinite(found) ? null : Long.valueOf(Math.round(found));
  }
}
