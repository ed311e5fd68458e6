package dev.millrace.dashboard.history;

import dev.millrace.schemas.TrainingMetric;

/**
 * Hears of what is new in the {@link History}, after it is in there, on the threads that read the
 * topics; must be quick.
 */
public interface HistoryListener {
  /** Something was measured. */
  void measured(TrainingMetric metric);

  /** A checkpoint was written. */
  void checkpoint(String run, long step);

  /** Dead letters have come. */
  void deadLetters();

  /** Hears nothing. */
  HistoryListener NONE =
      new HistoryListener() {
        @Override
        public void measured(TrainingMetric metric) {}

        @Override
        public void checkpoint(String run, long step) {}

        @Override
        public void deadLetters() {}
      };
}
