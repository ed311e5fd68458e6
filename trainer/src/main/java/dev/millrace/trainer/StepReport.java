package dev.millrace.trainer;

import dev.millrace.trainer.model.StepResult;

/**
 * How one step went.
 *
 * @param step the step, from 1
 * @param totalSteps the step at which the goal is reached, or -1 where not known yet
 * @param epoch the epoch of its images, from 0
 * @param loss mean softmax cross-entropy of its minibatch, in nats
 * @param top1Error share, from 0 to 1, of the minibatch whose class was not the likeliest
 * @param learningRate the learning rate
 * @param images images in the minibatch
 * @param imagesPerSecond images a second since the step before
 * @param dataWaitShare share of the time since then, from 0 to 1, spent waiting for tensors
 */
public record StepReport(
    long step,
    long totalSteps,
    int epoch,
    double loss,
    double top1Error,
    double learningRate,
    int images,
    double imagesPerSecond,
    double dataWaitShare) {

  /** The report of a step. */
  static StepReport of(
      TrainerOptions options,
      TrainingState state,
      long step,
      Minibatch<?> minibatch,
      StepResult result,
      float learningRate,
      Speed.Measured measured) {
    int images = minibatch.images();
    return new StepReport(
        step,
        options.goal().totalSteps(state.epochImages(), options.minibatchSize()),
        minibatch.epoch(),
        result.loss(),
        (double) result.top1Errors() / images,
        learningRate,
        images,
        measured.imagesPerSecond(),
        measured.dataWaitShare());
  }
}
