package dev.millrace.trainer;

import java.util.Map;

/**
 * What a run begins with.
 *
 * @param options the settings
 * @param classes number of classes
 * @param parameters number of trained parameters
 * @param environment TensorFlow's version, devices, threads
 * @param resumedFromStep the step of the checkpoint that it goes on from, or 0
 * @param epoch epoch of the next image, from 0
 * @param sequence the next image's place in that epoch, from 0
 */
public record TrainingStart(
    TrainerOptions options,
    int classes,
    long parameters,
    Map<String, String> environment,
    long resumedFromStep,
    int epoch,
    long sequence) {
  public TrainingStart {
    environment = Map.copyOf(environment);
  }
}
