package dev.millrace.trainer;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TrainingMetric;
import dev.millrace.trainer.model.StepResult;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Publishes what was measured at every step and at every evaluation. */
final class MetricsWriter {
  private final RecordSender sender;
  private final Topic<TrainingMetric> topic;
  private final String run;
  private final InstantSource clock;
  private final ResourceUse resources;

  MetricsWriter(
      RecordSender sender,
      Topic<TrainingMetric> topic,
      String run,
      InstantSource clock,
      ResourceUse resources) {
    this.sender = sender;
    this.topic = topic;
    this.run = run;
    this.clock = clock;
    this.resources = resources;
  }

  /** A step on so many images. */
  void step(
      long step,
      int epoch,
      int images,
      StepResult result,
      float learningRate,
      Speed.Measured speed,
      StepTimes times) {
    Map<String, Double> values = new HashMap<>();
    values.put("loss", (double) result.loss());
    values.put("top1_error", (double) result.top1Errors() / images);
    values.put("top5_error", (double) result.top5Errors() / images);
    values.put("gradient_norm", (double) result.gradientNorm());
    values.put("learning_rate", (double) learningRate);
    values.put("images_per_second", speed.imagesPerSecond());
    values.put("data_wait_share", speed.dataWaitShare());
    values.put("images", (double) images);
    values.put("step_ms_p50", times.percentileMillis(0.5));
    values.put("step_ms_p95", times.percentileMillis(0.95));
    values.put("step_ms_p99", times.percentileMillis(0.99));
    values.putAll(resources.values());
    send(step, epoch, Split.TRAIN, values);
  }

  /** An evaluation. */
  void evaluation(Evaluation evaluation) {
    Map<String, Double> values = new HashMap<>();
    values.put("loss", evaluation.loss());
    values.put("top1_error", evaluation.top1Error());
    values.put("top5_error", evaluation.top5Error());
    values.put("images", (double) evaluation.images());
    TenCropErrors tenCrops = evaluation.tenCrops();
    if (tenCrops != null) {
      values.put("ten_crop_top1_error", tenCrops.top1Error());
      values.put("ten_crop_top5_error", tenCrops.top5Error());
    }
    send(evaluation.step(), evaluation.epoch(), Split.VALIDATION, values);
  }

  private void send(long step, int epoch, Split split, Map<String, Double> values) {
    sender.send(topic, run, new TrainingMetric(run, step, epoch, split, clock.instant(), values));
  }
}
