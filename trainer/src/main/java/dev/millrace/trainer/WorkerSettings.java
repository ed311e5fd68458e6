package dev.millrace.trainer;

import java.util.Map;
import java.util.TreeMap;

/** What must be the same for all workers of a group. */
final class WorkerSettings {
  private WorkerSettings() {}

  /** The values by option name. */
  static Map<String, String> of(TrainerOptions options) {
    Map<String, Object> settings = new TreeMap<>();
    settings.put("model", options.model());
    settings.put("seed", options.seed());
    settings.put("epochs", options.epochs());
    settings.put("steps", options.steps());
    settings.put("minibatch-size", options.minibatchSize());
    settings.put("learning-rate", options.learningRate());
    settings.put("schedule", options.schedule().text());
    settings.put("momentum", options.momentum());
    settings.put("weight-decay", options.weightDecay());
    settings.put("dropout", options.dropout());
    settings.put("activation", options.activation());
    settings.put("device", options.device());
    settings.put("precision", options.precision());
    settings.put("xla", options.xla());
    settings.put("devices of a worker", options.placement().text());
    settings.put("evaluation", options.evaluation());
    settings.put("ten-crop", options.tenCrops());
    settings.put("classes", options.classes());
    settings.put("statistics", options.statistics());
    Map<String, String> texts = new TreeMap<>();
    settings.forEach((name, value) -> texts.put(name, String.valueOf(value)));
    return texts;
  }
}
