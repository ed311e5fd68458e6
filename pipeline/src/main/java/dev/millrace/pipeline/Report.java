package dev.millrace.pipeline;

import static dev.millrace.pipeline.TrainingDisplay.errors;
import static dev.millrace.pipeline.TrainingDisplay.percent;

import dev.millrace.schemas.Topics;
import dev.millrace.trainer.Evaluation;
import dev.millrace.trainer.TrainingSummary;
import java.io.PrintWriter;

/** The last words of a training. */
final class Report {
  private Report() {}

  /** Prints what a run has come to, and where its checkpoints and metrics are. */
  static void print(PrintWriter out, TrainingSummary summary, Topics topics) {
    out.println();
    if (summary.finishedBefore()) {
      out.printf(
          "Run \"%s\" had reached its goal before, at step %,d; more --epochs or --steps train it"
              + " further, another --run begins anew.%n",
          summary.run(), summary.step());
    } else {
      out.printf(
          "%s run \"%s\" at step %,d, %,d whole epochs: %,.0f images/s, %s of the time waiting for"
              + " data%n",
          summary.stopped() ? "Stopped" : "Finished",
          summary.run(),
          summary.step(),
          summary.epochs(),
          summary.imagesPerSecond(),
          percent(summary.dataWaitShare()));
    }
    Evaluation evaluation = summary.evaluation();
    if (evaluation != null) {
      out.printf(
          "Validation %s after step %,d, on %,d images%n",
          errors(evaluation), evaluation.step(), evaluation.images());
    }
    if (summary.missing() + summary.deadLetters() > 0) {
      out.printf(
          "Left out %,d images; topic %s says which and why%n",
          summary.missing() + summary.deadLetters(), topics.deadLetters().name());
    }
    out.printf(
        "Checkpoint of step %,d: topics %s and %s; metrics: topic %s%n",
        summary.checkpointStep(),
        topics.checkpoints().name(),
        topics.checkpointChunks().name(),
        topics.metrics().name());
    out.flush();
  }
}
