package dev.millrace.dashboard.flow;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which stage the others wait for, at a glance.
 *
 * @param sentence without a full stop
 * @param waitShare share of the latest time, from 0 to 1, that training waited for data; null if it
 *     is not known
 */
record Diagnosis(Bottleneck bottleneck, String sentence, @Nullable Double waitShare) {
  /** Share of the time above which training is said to wait: the trainers' own measure. */
  static final double MOST_WAITING = 0.02;

  private static final Pattern SHARE = Pattern.compile("waits (\\d{1,3})% of the time");
  private static final double MINIBATCHES_UNDER_WAY = 4;

  /**
   * What there is to judge by.
   *
   * @param runs all that were heard of
   * @param colocated the names of those runs that read images
   * @param toAugment images that wait for augmenters
   * @param toTrain by the run's name, images or tensors that wait for it; 0 where not known
   * @param augmenters threads that augment; -1 if that may not be seen
   * @param held whether they hold back
   * @param heldFor the run that they hold back for; null if none is known
   * @param published whether there are any images
   */
  record Situation(
      List<Run> runs,
      List<String> colocated,
      long toAugment,
      ToLongFunction<String> toTrain,
      int augmenters,
      boolean held,
      @Nullable String heldFor,
      boolean published) {
    Situation {
      runs = List.copyOf(runs);
      colocated = List.copyOf(colocated);
    }
  }

  /** The brokers do not answer, or have not yet. */
  static Diagnosis unknown(String sentence) {
    return new Diagnosis(Bottleneck.UNKNOWN, sentence, null);
  }

  /** Judges a situation; among several runs that train, by the one that waits most. */
  static Diagnosis of(Situation seen, long nowMillis) {
    List<Run> training = seen.runs.stream().filter(run -> run.trains(nowMillis)).toList();
    return training.stream()
        .max(
            Comparator.comparing((Run run) -> !run.verdict().isEmpty())
                .thenComparingDouble(Diagnosis::share))
        .map(run -> ofTraining(run, training.size() > 1, seen, nowMillis))
        .orElseGet(() -> withoutTraining(seen, nowMillis));
  }

  private static Diagnosis ofTraining(Run run, boolean several, Situation seen, long nowMillis) {
    String whose = several ? "Run %s: ".formatted(run.name()) : "";
    String verdict = run.verdict();
    Double share = run.waitShare();
    if (!verdict.isEmpty()) {
      Matcher said = SHARE.matcher(verdict);
      Double waited = said.find() ? Double.valueOf(Integer.parseInt(said.group(1)) / 100.0) : share;
      if (Bottleneck.of(verdict) == Bottleneck.AUGMENTERS && isHeldForAnother(run, seen)) {
        return new Diagnosis(
            Bottleneck.TRAINER,
            whose
                + start(several)
                + " waits%s for tensors; augmenters hold back for %s"
                    .formatted(
                        waited == null ? "" : " %.0f%% of the time".formatted(100 * waited),
                        slower(seen, nowMillis)),
            waited);
      }
      return new Diagnosis(
          Bottleneck.of(verdict), whose + (several ? verdict : capital(verdict)), waited);
    }
    if (share != null && share > MOST_WAITING) {
      return new Diagnosis(
          Bottleneck.UNKNOWN,
          whose + start(several) + " waits %.0f%% of the time for data".formatted(100 * share),
          share);
    }
    return pace(run, whose, share, seen);
  }

  // The trainer cannot see that: it would have more augmenters, which would wait as well.
  private static boolean isHeldForAnother(Run run, Situation seen) {
    return seen.held
        && seen.heldFor != null
        && !seen.heldFor.equals(run.name())
        && !seen.colocated.contains(run.name());
  }

  private static String slower(Situation seen, long nowMillis) {
    return seen.runs.stream()
        .filter(run -> run.name().equals(seen.heldFor) && !run.isFresh(nowMillis))
        .mapToLong(run -> run.silentMillis(nowMillis).orElse(0))
        .mapToObj(
            millis -> "run %s, which has said nothing for %s".formatted(seen.heldFor, time(millis)))
        .findFirst()
        .orElse("run %s, which is slower".formatted(seen.heldFor));
  }

  private static Diagnosis pace(Run run, String whose, @Nullable Double share, Situation seen) {
    String start = whose.isEmpty() ? "The trainer" : whose + "the trainer";
    boolean colocated = seen.colocated.contains(run.name());
    if (seen.held && !colocated) {
      return new Diagnosis(
          Bottleneck.TRAINER, start + " sets the pace; augmenters hold back", share);
    }
    long wait = seen.toTrain.applyAsLong(run.name());
    Double minibatch = run.value("images");
    if (wait > MINIBATCHES_UNDER_WAY * (minibatch == null ? 0 : minibatch)) {
      return new Diagnosis(
          Bottleneck.TRAINER,
          start
              + " sets the pace; %s for it"
                  .formatted(waiting(wait, colocated ? "image" : "tensor")),
          share);
    }
    return new Diagnosis(
        Bottleneck.NONE,
        whose + start(!whose.isEmpty()) + " does not wait for data, and little waits for it",
        share);
  }

  private static Diagnosis withoutTraining(Situation seen, long nowMillis) {
    List<Run> unfinished = seen.runs.stream().filter(Run::isUnfinished).toList();
    if (!unfinished.isEmpty()) {
      return silent(unfinished, seen, nowMillis);
    }
    if (!seen.published && seen.runs.isEmpty()) {
      return new Diagnosis(Bottleneck.NONE, "No image has been published, and no run begun", null);
    }
    String runs = seen.runs.isEmpty() ? "No run has begun" : "Every run has finished";
    return seen.toAugment > 0 && seen.augmenters == 0
        ? new Diagnosis(
            Bottleneck.AUGMENTERS,
            "%s; %s, but no augmenter runs".formatted(runs, waiting(seen.toAugment, "image")),
            null)
        : new Diagnosis(Bottleneck.NONE, runs, null);
  }

  private static Diagnosis silent(List<Run> unfinished, Situation seen, long nowMillis) {
    Run last =
        unfinished.stream()
            .min(Comparator.comparingLong(run -> run.silentMillis(nowMillis).orElse(0)))
            .orElseThrow();
    long wait = seen.toTrain.applyAsLong(last.name());
    String since =
        "Run %s has said nothing for %s"
            .formatted(last.name(), time(last.silentMillis(nowMillis).orElse(0)));
    return wait > 0
        ? new Diagnosis(
            Bottleneck.TRAINER,
            "%s; %s for it"
                .formatted(
                    since,
                    waiting(wait, seen.colocated.contains(last.name()) ? "image" : "tensor")),
            null)
        : new Diagnosis(Bottleneck.UNKNOWN, since, null);
  }

  private static double share(Run run) {
    Double share = run.waitShare();
    return share == null ? 0 : share;
  }

  private static String start(boolean within) {
    return within ? "training" : "Training";
  }

  private static String capital(String sentence) {
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }

  private static String waiting(long number, String of) {
    return number == 1
        ? "1 %s waits".formatted(of)
        : String.format(Locale.ROOT, "%,d %ss wait", number, of);
  }

  private static String time(long millis) {
    Duration time = Duration.ofMillis(millis);
    if (time.toDays() > 1) {
      return time.toDays() + " days";
    }
    if (time.toHours() > 1) {
      return time.toHours() + " hours";
    }
    return time.toMinutes() > 1 ? time.toMinutes() + " minutes" : time.toSeconds() + " seconds";
  }
}
