package dev.millrace.trainer;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TrainingMetric;
import dev.millrace.trainer.flow.FlowReport;
import dev.millrace.trainer.model.StepResult;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Publishes what was measured at every step and at every evaluation. */
final class MetricsWriter {
  private final RecordSender sender;
  private final Topic<TrainingMetric> topic;
  private final String run;
  private final InstantSource clock;
  private final ResourceUse resources;
  private @Nullable TrainingMetric lastStep;

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

  /**
   * A step on so many images.
   *
   * @param flow the stream when it was done
   */
  void step(
      long step,
      int epoch,
      int images,
      StepResult result,
      float learningRate,
      Speed.Measured speed,
      StepTimes times,
      FlowReport flow) {
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
    values.putAll(flow.values());
    TrainingMetric metric = metric(step, epoch, Split.TRAIN, values, sentence(flow));
    send(metric);
    lastStep = metric;
  }

  /** The last step's again, if there is one, with what the stream is like now. */
  void stepAgain(FlowReport flow) {
    TrainingMetric last = lastStep;
    if (last != null) {
      Map<String, Double> values = new HashMap<>(last.getValues());
      values.putAll(flow.values());
      send(metric(last.getStep(), last.getEpoch(), Split.TRAIN, values, sentence(flow)));
    }
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
    send(metric(evaluation.step(), evaluation.epoch(), Split.VALIDATION, values, ""));
  }

  private TrainingMetric metric(
      long step, int epoch, Split split, Map<String, Double> values, String verdict) {
    return new TrainingMetric(run, step, epoch, split, clock.instant(), values, verdict);
  }

  private static String sentence(FlowReport flow) {
    return flow.verdict().sentence(ZoneId.systemDefault());
  }

  private void send(TrainingMetric metric) {
    sender.send(topic, run, metric);
  }
}
