package dev.millrace.pipeline;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.trainer.Evaluation;
import dev.millrace.trainer.StepReport;
import dev.millrace.trainer.TenCropErrors;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingListener;
import dev.millrace.trainer.TrainingStart;
import dev.millrace.trainer.flow.Verdict;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how training goes: a progress bar on a terminal, otherwise a line at the first step, every
 * ten seconds and at the last step. For one thread.
 */
final class TrainingDisplay implements TrainingListener, AutoCloseable {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final int REFRESH_MILLIS = 500;
  private static final String CLEAR_LINE = "\r\033[2K";

  private final PrintWriter out;
  private final boolean terminal;
  private final long trainingImages;
  private long startStep;
  private long startedAt;
  private long shownAt;
  private int epochs;
  private long expectedSteps;
  private @Nullable ProgressBar bar;

  /**
   * Shows nothing yet.
   *
   * @param terminal whether a person watches, and lines can be overwritten
   * @param trainingImages images in an epoch, or -1 where only the first epoch's end will tell
   */
  TrainingDisplay(PrintWriter out, boolean terminal, long trainingImages) {
    this.out = out;
    this.terminal = terminal;
    this.trainingImages = trainingImages;
  }

  @Override
  public void onStart(TrainingStart start) {
    startStep = start.resumedFromStep();
    startedAt = System.nanoTime();
    shownAt = startedAt - BETWEEN_LINES.toNanos();
    epochs = start.options().epochs();
    expectedSteps = expectedSteps(start.options());
    line(
        "%s, run \"%s\": %,d parameters, %d classes, on the %s%s"
            .formatted(
                start.options().model(),
                start.options().run(),
                start.parameters(),
                start.classes(),
                start.environment().getOrDefault("device", "processor"),
                startStep == 0
                    ? ""
                    : "; resumes from the checkpoint of step %,d, in epoch %d"
                        .formatted(startStep, start.epoch() + 1)));
  }

  @Override
  public void onStep(StepReport step) {
    if (terminal) {
      show(step);
    } else if (System.nanoTime() - shownAt >= BETWEEN_LINES.toNanos()
        || step.step() == totalSteps(step)) {
      shownAt = System.nanoTime();
      line(text(step));
    }
  }

  @Override
  public void onVerdict(Verdict verdict) {
    String sentence = verdict.sentence(ZoneId.systemDefault());
    line(
        sentence.isEmpty()
            ? "Training waits for tensors no longer"
            : Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1));
  }

  @Override
  public void onEvaluation(Evaluation evaluation) {
    line(
        "After epoch %d (step %,d), validation: %s, loss %.3f, %,d images"
            .formatted(
                evaluation.epoch() + 1,
                evaluation.step(),
                errors(evaluation),
                evaluation.loss(),
                evaluation.images()));
  }

  @Override
  public void onCheckpoint(CheckpointManifest checkpoint) {
    if (!terminal) {
      line("Checkpoint of step %,d written".formatted(checkpoint.getStep()));
    }
  }

  private long expectedSteps(TrainerOptions options) {
    long steps = options.steps() > 0 ? options.steps() : Long.MAX_VALUE;
    if (options.epochs() > 0 && trainingImages > 0) {
      long each = Math.ceilDiv(trainingImages, options.minibatchSize());
      steps = Math.min(steps, options.epochs() * each);
    }
    return steps == Long.MAX_VALUE ? -1 : steps;
  }

  private long totalSteps(StepReport step) {
    return step.totalSteps() > 0 ? step.totalSteps() : expectedSteps;
  }

  private void show(StepReport step) {
    ProgressBar shown = bar;
    if (shown == null) {
      shown = bar(step);
      bar = shown;
    }
    if (totalSteps(step) > 0) {
      shown.maxHint(totalSteps(step));
    }
    shown.stepTo(step.step());
    shown.setExtraMessage(
        " %s  loss %.3f  top-1 error %s  %,.0f images/s%s"
            .formatted(
                epoch(step),
                step.loss(),
                percent(step.top1Error()),
                step.imagesPerSecond(),
                step.dataWaitShare() < 0.05
                    ? ""
                    : "  waits for data " + percent(step.dataWaitShare())));
  }

  private ProgressBar bar(StepReport first) {
    return new ProgressBarBuilder()
        .setTaskName("Training")
        .setStyle(ProgressBarStyle.ASCII)
        .setInitialMax(totalSteps(first))
        .startsFrom(first.step() - 1, Duration.ZERO)
        .setUpdateIntervalMillis(REFRESH_MILLIS)
        .setConsumer(new ConsoleProgressBarConsumer(System.err))
        .build();
  }

  private String text(StepReport step) {
    return "%s  step %,d%s  loss %.3f  top-1 error %s  %,.1f images/s  data wait %s%s"
        .formatted(
            epoch(step),
            step.step(),
            totalSteps(step) > 0 ? "/%,d".formatted(totalSteps(step)) : "",
            step.loss(),
            percent(step.top1Error()),
            step.imagesPerSecond(),
            percent(step.dataWaitShare()),
            timeLeft(step));
  }

  private String epoch(StepReport step) {
    return epochs > 0
        ? "epoch %d/%d".formatted(step.epoch() + 1, epochs)
        : "epoch %d".formatted(step.epoch() + 1);
  }

  private String timeLeft(StepReport step) {
    long done = step.step() - startStep;
    if (totalSteps(step) <= 0 || done < 2) {
      return "";
    }
    double seconds =
        (System.nanoTime() - startedAt) / 1e9 / done * (totalSteps(step) - step.step());
    return "  " + timeSpan(Duration.ofMillis((long) (seconds * 1000))) + " left";
  }

  /** A span of time in its two largest units. */
  static String timeSpan(Duration span) {
    if (span.toMinutes() == 0) {
      return span.toSeconds() + " s";
    }
    if (span.toHours() == 0) {
      return "%d min %d s".formatted(span.toMinutes(), span.toSecondsPart());
    }
    return span.toDays() == 0
        ? "%d h %d min".formatted(span.toHours(), span.toMinutesPart())
        : "%d d %d h".formatted(span.toDays(), span.toHoursPart());
  }

  /** What an evaluation found, by one crop and, where they were asked for, by ten. */
  static String errors(Evaluation evaluation) {
    String one = errors(evaluation.top1Error(), evaluation.top5Error());
    TenCropErrors ten = evaluation.tenCrops();
    return ten == null
        ? one
        : "%s (ten crops: %s)".formatted(one, errors(ten.top1Error(), ten.top5Error()));
  }

  private static String errors(double top1, double top5) {
    return "top-1 error %s, top-5 error %s".formatted(percent(top1), percent(top5));
  }

  /** A share with one decimal, in percent. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }

  private void line(String text) {
    out.println(bar == null ? text : CLEAR_LINE + text);
    out.flush();
  }

  /** Takes the progress bar's line away. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
