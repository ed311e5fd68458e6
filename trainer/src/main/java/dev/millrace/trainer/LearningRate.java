package dev.millrace.trainer;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The learning rate as a schedule moves it, with what the schedule remembers. For one thread. */
final class LearningRate {
  private static final Logger LOG = LoggerFactory.getLogger(LearningRate.class);
  private static final String LOWEST_ERROR = "schedule.lowest_error";
  private static final String EVALUATIONS_SINCE = "schedule.evaluations_since_lowest";
  private static final String DIVISIONS = "schedule.divisions";

  private final double initial;
  private final LearningRateSchedule schedule;
  private double lowestError = Double.POSITIVE_INFINITY;
  private int evaluationsSince;
  private int divisions;

  /**
   * Begins a schedule.
   *
   * @param initial the learning rate before any division
   */
  LearningRate(double initial, LearningRateSchedule schedule) {
    this.initial = initial;
    this.schedule = schedule;
  }

  /** The rate for the steps of an epoch, from 0. */
  float at(int epoch) {
    int times =
        switch (schedule) {
          case LearningRateSchedule.Constant _ -> 0;
          case LearningRateSchedule.Steps steps ->
              (int) steps.epochs().stream().filter(begin -> begin <= epoch).count();
          case LearningRateSchedule.Plateau _ -> divisions;
        };
    double rate = initial;
    for (int i = 0; i < times; i++) {
      rate /= 10;
    }
    return (float) rate;
  }

  /** Takes a validation error, a share from 0 to 1, at an epoch's end. */
  void evaluated(double error) {
    if (!(schedule instanceof LearningRateSchedule.Plateau plateau)) {
      return;
    }
    if (error < lowestError) {
      lowestError = error;
      evaluationsSince = 0;
      return;
    }
    evaluationsSince++;
    if (evaluationsSince >= plateau.patience()
        && divisions < LearningRateSchedule.Plateau.MOST_DIVISIONS) {
      divisions++;
      evaluationsSince = 0;
      LOG.info(
          "Learning rate divided by 10 for the {}. time: the validation error has not been below {}"
              + " for {} evaluations",
          divisions,
          lowestError,
          plateau.patience());
    }
  }

  /** What a checkpoint keeps of it. */
  Map<String, String> state() {
    Map<String, String> state = new HashMap<>();
    state.put("schedule", schedule.text());
    state.put(LOWEST_ERROR, Double.toString(lowestError));
    state.put(EVALUATIONS_SINCE, Integer.toString(evaluationsSince));
    state.put(DIVISIONS, Integer.toString(divisions));
    return state;
  }

  /** Goes on from what a checkpoint kept. */
  void restore(Map<String, String> state) {
    lowestError = Double.parseDouble(state.getOrDefault(LOWEST_ERROR, "Infinity"));
    evaluationsSince = Integer.parseInt(state.getOrDefault(EVALUATIONS_SINCE, "0"));
    divisions = Integer.parseInt(state.getOrDefault(DIVISIONS, "0"));
  }
}
